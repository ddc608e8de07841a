"""``bncheck check NOTES``: judge the formulas of a page, in order."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck.cli import documents, output
from bncheck.cli.commands import SUMMARIES

if TYPE_CHECKING:
    from bncheck.symbolic.notes.judging import Said

NAME = "check"
FORMATS = ("text", "json", "annotations", "sarif")
# the page is typeset in these, with its verdicts
TYPESET = tuple(name for name in documents.FORMATS if name != "text")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Judge the formulas of a page (.tex, .md, .ipynb) in order. What the page "
        "defines (s = ...) or assumes (assume gamma = 1) holds for what follows; formulas about "
        "other things are left alone and counted. Exit code 1 if one is false.",
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="NOTES", help=".tex, .md or .ipynb")
    parser.add_argument(
        "--norm",
        metavar="NAME",
        help="the normalization that all of the page is about: batch, layer, rms, group or "
        "instance (default: what its titles, or comments 'bncheck: norm = layer', say; else batch)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what is true, too")
    parser.add_argument(
        "--format",
        choices=(*FORMATS, *TYPESET),
        default="text",
        help="from markdown on, the formulas are typeset with their verdicts",
    )
    output.add(parser)
    parser.add_argument(
        "--annotate", type=output.place, metavar="FILE", help="write a copy with remarks there"
    )


def run(args: argparse.Namespace) -> int:
    """Judge the page, say what came out, return the exit code."""
    from bncheck.symbolic.notes import judging, marking, rendering, sources

    name = str(args.file)
    if args.format in TYPESET:
        documents.check(args.format, args.output)
    output.check(args.output, [name])
    output.check(args.annotate, [name], "the copy")
    page = sources.page(args.file)
    said = list(judging.judged(page, norm=args.norm))
    if args.format in TYPESET:
        documents.write(documents.notes(said, name), args.format, args.output)
    else:
        output.write_text("".join(f"{line}\n" for line in _lines(args, said)), args.output)
    if args.annotate is not None:
        output.write_text(marking.marked(page, said), args.annotate)
    return rendering.exit_code(said)


def _lines(args: argparse.Namespace, said: list[Said]) -> Iterator[str]:
    """Return what came out, in a format of lines."""
    from bncheck.symbolic.notes import rendering

    name = str(args.file)
    if args.format == "text":
        return rendering.text(said, name, everything=args.verbose)
    if args.format == "annotations":
        return rendering.remarks(said, name)
    data = rendering.sarif if args.format == "sarif" else rendering.as_data
    return iter([json.dumps(data(said, name), indent=2)])
