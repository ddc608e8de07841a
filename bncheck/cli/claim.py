"""``bncheck claim FILE``: judge published formulas."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bncheck.cli import output

NAME = "claim"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="judge published formulas",
        description="Judge the formulas of a TOML file: true for every batch size, true under "
        "conditions, false with the smallest counterexample, or undecided with a reason; and its "
        "tables of numbers: by which rule every digit comes out, or which cell is wrong.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="TOML with [[claim]] and [[table]] entries"
    )
    parser.add_argument("--echo", action="store_true", help="say how each formula was read, too")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--output", type=output.place, metavar="FILE", help="write there")


def run(args: argparse.Namespace) -> int:
    """Judge the claims, say what came out, return the exit code."""
    from bncheck.symbolic.claims import files

    output.check(args.output, [str(args.file)])
    judged = list(files.judge_file(args.file))
    if args.format == "json":
        text = json.dumps(files.as_data(judged, str(args.file), echoed=args.echo), indent=2)
    else:
        text = "\n".join(line for one in judged for line in files.lines(one, echoed=args.echo))
    output.write_text(text + "\n", args.output)
    return files.exit_code(judged)
