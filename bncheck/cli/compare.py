"""``bncheck compare A B``: two implementations on the same cases, their conventions mapped."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from bncheck.cli import output, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.verify import add_limits
from bncheck.version import __version__

NAME = "compare"

SCHEMA = "bncheck/comparison/1"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Run two implementations on the same cases, their conventions mapped onto "
        "each other: say which conventions differ, and whether what is left agrees within what "
        "rounding allows both.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("a", metavar="A", help="a target, as for verify")
    add("b", metavar="B", help="another")
    add("--dtype", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    add_limits(parser)
    add("--format", choices=("text", "json"), default="text")
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Compare, say what came out, return the exit code."""
    output.check(args.output, [args.a, args.b])
    from bncheck.engine import Options, compare
    from bncheck.reports.json import plain
    from bncheck.reports.text.comparison import render
    from bncheck.terminal import Style

    wanted = Options(dtypes=tuple(args.dtype), timeout=args.timeout, load_timeout=args.load_timeout)
    found = compare(args.a, args.b, wanted)
    if args.format == "json":
        shape = {
            "schema": SCHEMA,
            "ok": found.exit_code == 0,
            "exit_code": found.exit_code,
            "differing": found.differing,
        }
        told = {**shape, "bncheck": __version__, **plain(asdict(found))}
        for side in ("a", "b"):
            told[side]["outputs"] = sorted(getattr(found, side).outputs)
        text = json.dumps(told, indent=2) + "\n"
    else:
        text = render(found, __version__, streams.style() if args.output is None else Style())
    output.write_text(text, args.output)
    return found.exit_code
