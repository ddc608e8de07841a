"""The only place that writes: reports to files, text to the terminal, one sentence of complaint."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bncheck.errors import UsageError
from bncheck.terminal import Style, nearest, sentence

if TYPE_CHECKING:
    from bncheck.model import Report

# A format is written to a file, or, where that is None, to standard output.
Destination = tuple[str, Path | None]

# signs that reports use; a terminal that cannot show them is given plain ASCII
SIGNS = "─·βγεμσ−√≤→x̂²"


def style() -> Style:
    """Tell what standard output can show: width, colour (never against NO_COLOR), Unicode."""
    terminal = sys.stdout.isatty()
    color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((100, 24)).columns if terminal else 100
    return Style(max(width, 60), color, can_show(SIGNS, sys.stdout))


def can_show(text: str, stream: TextIO) -> bool:
    """Whether the stream's encoding has all the characters."""
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeError:
        return False
    return True


def emit(text: str) -> None:
    """Write to standard output; a reader that has gone away (``| head``) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit, which must find something that takes the rest
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UnicodeEncodeError:
        emit(text.encode("ascii", "backslashreplace").decode("ascii"))


def complain(message: str) -> None:
    """Write one sentence to standard error."""
    try:
        sys.stderr.write(f"bncheck: {sentence(message)}\n")
        sys.stderr.flush()
    except OSError:  # nobody listens; the exit code still tells
        pass


def destinations(formats: list[str], output: Path | None) -> list[Destination]:
    """Read the values of ``--format``, NAME or NAME=FILE, and of ``--output``.

    Raises UsageError if a format does not exist, if two would go to the same place, or if a
    file cannot be written there: said before the run and not after it.
    """
    from bncheck.reports import FORMATS

    wanted: list[Destination] = []
    for given in formats:
        name, separator, file = given.partition("=")
        if name not in FORMATS:
            raise UsageError(f"format={name!r} does not exist; {nearest(name, FORMATS)}")
        if separator and not file:
            raise UsageError(f"--format {given!r} names no file, but should be {name}=FILE")
        wanted.append((name, Path(file) if separator else output))
    if all("=" in given for given in formats):
        wanted.append(("text", output))
    if len({path for _, path in wanted}) < len(wanted):
        names = " and ".join(name for name, _ in wanted)
        raise UsageError(f"{names} would go to the same place; write --format NAME=FILE")
    for _, path in wanted:
        _check_writable(path)
    return wanted


def _check_writable(path: Path | None) -> None:
    if path is None:
        return
    if path.is_dir():
        raise UsageError(f"the report cannot be written to {str(path)!r}, which is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"the report's folder {str(path.parent)!r} does not exist; make it first")


def write(report: Report, wanted: list[Destination]) -> None:
    """Render the report for each destination, the terminal first.

    Raises UsageError if a file cannot be written.
    """
    for name, path in sorted(wanted, key=lambda pair: pair[1] is not None):
        if path is None:
            emit(_for_terminal(report, name))
            continue
        try:
            path.write_bytes(_rendered(report, name).encode("utf-8"))
        except OSError as refused:
            raise UsageError(f"the report cannot be written: {refused}") from None


def _rendered(report: Report, name: str) -> str:
    from bncheck.reports import renderer

    return renderer(name)(report)


def _for_terminal(report: Report, name: str) -> str:
    if name != "text":
        return _rendered(report, name)
    from bncheck.reports.text import render

    shown = style()
    return render(report, width=shown.width, color=shown.color, unicode=shown.unicode)


def write_text(text: str, path: Path | None) -> None:
    """Write text to a file, or to standard output where there is none.

    Raises UsageError if the file cannot be written.
    """
    if path is None:
        emit(text)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as refused:
        raise UsageError(f"the output cannot be written: {refused}") from None
