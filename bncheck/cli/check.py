"""``bncheck check NOTES``: judge the formulas of a page, in order."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bncheck.cli import output

NAME = "check"
FORMATS = ("text", "json", "annotations", "sarif")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="judge the formulas of lecture notes, line by line",
        description="Judge the formulas of a page (.tex, .md, .ipynb) in order. What the page "
        "defines (s = ...) or assumes (assume gamma = 1) holds for what follows; formulas about "
        "other things are left alone and counted. Exit code 1 if one is false.",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="NOTES", help=".tex, .md or .ipynb")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what is true, too")
    parser.add_argument("--format", choices=FORMATS, default="text")
    output.add(parser)
    parser.add_argument(
        "--annotate", type=output.place, metavar="FILE", help="write a copy with remarks there"
    )


def run(args: argparse.Namespace) -> int:
    """Judge the page, say what came out, return the exit code."""
    from bncheck.symbolic.notes import judging, marking, rendering, sources

    name = str(args.file)
    output.check(args.output, [name])
    output.check(args.annotate, [name], "the copy")
    page = sources.page(args.file)
    said = list(judging.judged(page))
    if args.format == "text":
        lines = rendering.text(said, name, everything=args.verbose)
    elif args.format == "annotations":
        lines = rendering.remarks(said, name)
    else:
        data = rendering.sarif if args.format == "sarif" else rendering.as_data
        lines = iter([json.dumps(data(said, name), indent=2)])
    output.write_text("".join(f"{line}\n" for line in lines), args.output)
    if args.annotate is not None:
        output.write_text(marking.marked(page, said), args.annotate)
    return rendering.exit_code(said)
