"""``bncheck replay FILE``: run a saved counterexample again."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bncheck.cli import streams
from bncheck.cli.verify import add_limits
from bncheck.errors import UsageError

NAME = "replay"

EXIT_CODES = {"FIXED": 0, "STILL FAILS": 1, "ERROR": 2}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="run a saved counterexample again",
        description="Run a saved counterexample again: FIXED, STILL FAILS or ERROR. It "
        "imports the target that the file names, which a file from elsewhere must be trusted for.",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file under .bncheck/")
    parser.add_argument("--target", metavar="TARGET", help="run it on this target instead")
    parser.add_argument(
        "--trust", action="store_true", help="import the target that a file from elsewhere names"
    )
    add_limits(parser)


def run(args: argparse.Namespace) -> int:
    """Print the outcome and what was measured; return 0 only for FIXED."""
    from bncheck.engine import replay

    if not os.path.exists(args.file):
        raise UsageError(f"file {str(args.file)!r} does not exist; saved cases are in .bncheck/")
    again = replay(
        args.file,
        timeout=args.timeout,
        load_timeout=args.load_timeout,
        target=args.target,
        trust=args.trust,
    )
    style = streams.style()
    looks = "green" if again.status == "FIXED" else "red"
    # the text holds an input that can be pasted, so its lines stay as they are
    text = [style.code(line) for line in again.text.rstrip("\n").split("\n")]
    told = [f"target {style.code(again.target)}"] if again.target else []
    streams.emit("\n".join([style.paint(again.status, looks, "bold"), *told, *text]) + "\n")
    return EXIT_CODES[again.status]
