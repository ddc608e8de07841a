"""``bncheck replay FILE``: run a saved counterexample again."""

from __future__ import annotations

import argparse
from pathlib import Path

from bncheck.cli import output
from bncheck.cli.verify import add_limits
from bncheck.errors import UsageError

NAME = "replay"

EXIT_CODES = {"FIXED": 0, "STILL FAILS": 1, "ERROR": 2}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="run a saved counterexample again",
        description="Run a saved counterexample again: FIXED, STILL FAILS or ERROR.",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file under .bncheck/")
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print the outcome and what was measured; return 0 only for FIXED."""
    from bncheck.engine import replay

    if not args.file.is_file():
        raise UsageError(f"file {str(args.file)!r} does not exist; saved cases are in .bncheck/")
    again = replay(args.file, timeout=args.timeout, load_timeout=args.load_timeout)
    style = output.style()
    looks = "green" if again.status == "FIXED" else "red"
    # the text holds an input that can be pasted, so its lines stay as they are
    text = [style.code(line) for line in again.text.rstrip("\n").split("\n")]
    output.emit("\n".join([style.paint(again.status, looks, "bold"), *text]) + "\n")
    return EXIT_CODES[again.status]
