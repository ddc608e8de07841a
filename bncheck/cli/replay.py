"""``bncheck replay FILE...``: run saved counterexamples again."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bncheck.cli import streams
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.verify import add_limits
from bncheck.errors import UsageError

NAME = "replay"

EXIT_CODES = {"FIXED": 0, "STILL FAILS": 1, "ERROR": 2}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Run saved counterexamples again: FIXED, STILL FAILS or ERROR. It "
        "imports the target that a file names, which a file from elsewhere must be trusted for.",
        epilog="exit code of several: 1 if one still fails, else 2 if one is an ERROR, else 0",
        allow_abbrev=False,
    )
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a file under .bncheck/, or a folder: all the cases in it",
    )
    parser.add_argument("--target", metavar="TARGET", help="run them on this target instead")
    parser.add_argument(
        "--trust", action="store_true", help="import the targets that files from elsewhere name"
    )
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print each outcome and what was measured; return 0 only where all are FIXED."""
    files = list(_cases(args.files))
    if len(files) == 1:
        status, target, text = _replayed(files[0], args)
        streams.emit("\n".join(_told(status, target, text)) + "\n")
        return EXIT_CODES[status]
    outcomes: Counter[str] = Counter()
    for file in files:
        try:
            status, target, text = _replayed(file, args)
        except UsageError as error:  # one file that is none does not hide the others
            status, target, text = "ERROR", "", str(error)
        outcomes[status] += 1
        lines = [streams.style().code(str(file)), *_told(status, target, text)]
        streams.emit("\n  ".join(lines) + "\n\n")
    told = ", ".join(f"{outcomes[status]} {status}" for status in EXIT_CODES if outcomes[status])
    streams.emit(f"{len(files)} cases: {told}\n")
    # what is still wrong comes before what could not be judged
    return 1 if outcomes["STILL FAILS"] else 2 if outcomes["ERROR"] else 0


def _cases(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that are meant, each once, in a stable order."""
    given: set[Path] = set()
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"file {str(path)!r} does not exist; saved cases are in .bncheck/")
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            raise UsageError(f"folder {str(path)!r} holds no saved case (*.json)")
        new = [file for file in found if file not in given]
        given.update(new)
        yield from new


def _replayed(file: Path, args: argparse.Namespace) -> tuple[str, str, str]:
    from bncheck.engine import replay

    again = replay(
        file,
        timeout=args.timeout,
        load_timeout=args.load_timeout,
        target=args.target,
        trust=args.trust,
    )
    return again.status, again.target, again.text


def _told(status: str, target: str, text: str) -> list[str]:
    style = streams.style()
    looks = "green" if status == "FIXED" else "red"
    # the text holds an input that can be pasted, so its lines stay as they are
    lines = [style.code(line) for line in text.rstrip("\n").split("\n")]
    told = [f"target {style.code(target)}"] if target else []
    return [style.paint(status, looks, "bold"), *told, *lines]
