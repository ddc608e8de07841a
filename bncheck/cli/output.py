"""Where reports go: to places that are tried before the run, and written whole or not at all."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck import files
from bncheck.cli import github, kept, streams
from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.model import NotChecked, Outcome, Report
    from bncheck.model.shard import Shard

# A format is written to a file, or, where that is None, to standard output.
Destination = tuple[str, Path | None]


def add(parser: argparse.ArgumentParser) -> None:
    """Declare where a command writes."""
    parser.add_argument(
        "--output", type=place, metavar="FILE", help="write there in place of standard output"
    )


def place(text: str) -> Path | None:
    """Read the value of ``--output``; ``-`` is standard output."""
    return None if text in ("-", "/dev/stdout") else Path(text)


def destinations(
    formats: list[str],
    output: Path | None,
    inputs: Iterable[str] = (),
    *,
    several: bool = False,
) -> list[Destination]:
    """Read the values of ``--format``, NAME or NAME=FILE, and of ``--output``.

    inputs: targets and files that are read, and must not be overwritten
    several: the reports on several targets go there

    Raises UsageError if a format does not exist, or holds one report only, if two would go to the
    same place, or if a file cannot be written there: said before the run and not after it.
    """
    from bncheck.reports import FORMATS, of_several

    wanted: list[Destination] = []
    for given in formats:
        name, separator, file = given.partition("=")
        if name not in FORMATS:
            raise UsageError(f"format={name!r} does not exist; {nearest(name, FORMATS)}")
        if separator and not file:
            raise UsageError(f"--format {given!r} names no file, but should be {name}=FILE")
        if several and name != "text":
            of_several(name)
        wanted.append((name, place(file) if separator else output))
    if all("=" in given for given in formats):
        wanted.append(("text", output))
    if len({path and os.path.realpath(path) for _, path in wanted}) < len(wanted):
        names = " and ".join(name for name, _ in wanted)
        raise UsageError(f"{names} would go to the same place; write --format NAME=FILE")
    for _, path in wanted:
        check(path, inputs, "the report")
    return wanted


def check(path: Path | None, inputs: Iterable[str] = (), what: str = "the output") -> None:
    """Try a place before anything is done for it.

    inputs: targets and files that are read, and must not be overwritten; what: for the sentence

    Raises UsageError where it cannot be written, or would overwrite what is checked.
    """
    if path is None:
        return
    kept.refuse(path, inputs, what)
    files.check_writable(path, what)


def write(
    report: Report, wanted: list[Destination], verbosity: int = 0, *, beside: bool = False
) -> None:
    """Render the report for each destination, files first: nothing that is shown may lose them.

    verbosity: of the text, as in `bncheck.reports.text.render`; beside: GitHub is told as well

    Raises UsageError if a file cannot be written, after everything else has been; the report is
    then shown where it would not have been.
    """
    refused: list[str] = []
    for name, path in sorted(wanted, key=lambda pair: pair[1] is None):
        if path is None:
            streams.emit(_for_terminal(report, name, verbosity))
            continue
        try:
            files.write(path, _rendered(report, name, verbosity).encode("utf-8"))
        except OSError as error:
            refused.append(f"{str(path)!r}: {error.strerror}")
    github.tell([report], wanted, beside=beside)
    if not refused:
        return
    if all(path is not None for _, path in wanted):
        streams.emit(_for_terminal(report, "text", verbosity))
    raise UsageError(f"the report cannot be written to {', '.join(refused)}")


def show_in_turn(report: Report, wanted: list[Destination], verbosity: int = 0) -> None:
    """Show the report on one of several targets, where text is shown at all."""
    if ("text", None) in wanted:
        streams.emit(_for_terminal(report, "text", verbosity) + "\n")


def write_several(
    outcomes: Sequence[Outcome],
    labels: Sequence[str],
    wanted: list[Destination],
    verbosity: int = 0,
    *,
    beside: bool = False,
    shard: Shard | None = None,
) -> None:
    """Write what came out for several targets; of text, where it was shown in turn, the last lines.

    labels: what the last lines call the targets; verbosity: of the text; beside: GitHub is told
    as well; shard: which part of a list the targets are, where they are one

    Raises UsageError if a file cannot be written, after everything else has been.
    """
    from bncheck.reports.several import last_lines, render

    def one(report: Report) -> str:
        return _rendered(report, "text", verbosity)

    part = "" if shard is None else _of_shard(shard)
    refused: list[str] = []
    for name, path in sorted(wanted, key=lambda pair: pair[1] is None):
        if path is None:
            lines = github.guarded(last_lines(outcomes, labels, streams.style()) + part)
            streams.emit(lines if name == "text" else _all(name, outcomes, shard))
            continue
        in_text = name == "text"
        text = render(outcomes, labels, one) + part if in_text else _all(name, outcomes, shard)
        try:
            files.write(path, text.encode("utf-8"))
        except OSError as error:
            refused.append(f"{str(path)!r}: {error.strerror}")
    github.tell(outcomes, wanted, beside=beside)
    if refused:
        raise UsageError(f"the reports cannot be written to {', '.join(refused)}")


def write_unchecked(
    outcome: NotChecked, wanted: list[Destination], *, beside: bool = False
) -> None:
    """Write that one target was not checked where reports go that are of it alone.

    A file of an earlier run would otherwise be taken for what came out. JSON is a report, or there
    is none; in text the sentence on standard error says it. What cannot be written is left, as
    the target is told about next.
    """
    from bncheck.reports import of_several

    for name, path in wanted:
        if name in ("text", "json"):
            continue
        with contextlib.suppress(UsageError, OSError):
            text = of_several(name)([outcome])
            if path is None:
                streams.emit(text)
            else:
                files.write(path, text.encode("utf-8"))
    github.tell([outcome], wanted, beside=beside)


def _all(name: str, outcomes: Sequence[Outcome], shard: Shard | None) -> str:
    """Render the reports on several targets; JSON says which part of a list they are."""
    from bncheck.reports import of_several
    from bncheck.reports.json import render_several

    if name == "json":
        return render_several(outcomes, shard)
    return of_several(name)(outcomes)


def _of_shard(shard: Shard) -> str:
    return (
        f"shard {shard.name}: {len(shard.positions)} of {shard.targets} targets; `bncheck merge` "
        "puts the JSON reports of all shards together\n"
    )


def _rendered(report: Report, name: str, verbosity: int) -> str:
    from bncheck.reports import renderer

    if name == "html":
        from bncheck.cli import derived
        from bncheck.reports import html

        return html.render(report, derived.of(report))
    if name != "text":
        return renderer(name)(report)
    from bncheck.reports.text import render

    return render(report, verbosity=verbosity)


def _for_terminal(report: Report, name: str, verbosity: int) -> str:
    if name != "text":
        return _rendered(report, name, verbosity)
    from bncheck.reports.text import render

    shown = streams.style()
    text = render(
        report,
        verbosity=verbosity,
        width=shown.width,
        color=shown.color,
        unicode=shown.unicode,
    )
    return github.guarded(text)


def write_text(text: str, path: Path | None) -> None:
    """Write text to a file, or to standard output where there is none.

    Raises UsageError if the file cannot be written; the text is then shown.
    """
    if path is None:
        streams.emit(text)
        return
    try:
        files.write(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        streams.emit(text)
        raise UsageError(
            f"the output cannot be written to {str(path)!r}: {error.strerror}"
        ) from None


def write_bytes(content: bytes, path: Path) -> None:
    """Write what is no text to a file.

    Raises UsageError if the file cannot be written.
    """
    try:
        files.write(path, content)
    except OSError as error:
        raise UsageError(
            f"the output cannot be written to {str(path)!r}: {error.strerror}"
        ) from None
