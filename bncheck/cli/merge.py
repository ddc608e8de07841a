"""``bncheck merge REPORT.json...``: one table out of many JSON reports."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bncheck.cli import output, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.errors import UsageError

if TYPE_CHECKING:
    from bncheck.reports.merged import Merged

NAME = "merge"

FORMATS = ("text", "markdown", "csv", "json")
# so much is read of one file; what merge has written may be read again
_MOST_BYTES = 1 << 28


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Put JSON reports of `bncheck verify` together: one row per target, with its "
        "verdict in each dtype. What is missing, broken or contradictory is told and is no "
        "success.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("reports", nargs="+", metavar="REPORT.json", help="as --format json=REPORT.json wrote it")
    add(
        "--format",
        choices=FORMATS,
        default="text",
        help="text (default), markdown, csv (safe for spreadsheets), or json (all reports in one)",
    )
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Read the reports, write the table, return the exit code of all of them."""
    output.check(args.output, args.reports)
    merged = _gathered(list(dict.fromkeys(args.reports)))
    # the table says it as well, where it is one for people and on the screen
    if args.output is not None or args.format in ("csv", "json"):
        for remark in merged.remarks:
            streams.complain(remark)
    output.write_text(_rendered(merged, args.format, to_file=args.output is not None), args.output)
    return merged.exit_code


def _gathered(names: list[str]) -> Merged:
    from bncheck.reports.common.reading import read
    from bncheck.reports.merged import Gathering

    gathering = Gathering()
    for name in names:
        try:
            gathering.take(read(Path(name), _MOST_BYTES))
        except UsageError as error:
            gathering.refuse(str(error))
    return gathering.merged()


def _rendered(merged: Merged, name: str, *, to_file: bool) -> str:
    from bncheck.reports.merged import csv, json, markdown, text

    if name == "text":
        return text.render(merged, None if to_file else streams.style())
    renderers = {"markdown": markdown.render, "csv": csv.render, "json": json.render}
    return renderers[name](merged)
