"""``bncheck schema``: the JSON Schema of what ``--format json`` writes."""

from __future__ import annotations

import argparse

from bncheck.cli import output
from bncheck.cli.commands import SUMMARIES

NAME = "schema"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its option."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="Print the JSON Schema (draft 2020-12) of what --format json writes: "
        "bncheck/report/1 for one target, bncheck/reports/1 for several. Each key says what it "
        "means.",
        allow_abbrev=False,
    )
    output.add(parser)


def run(args: argparse.Namespace) -> int:
    """Print the schema. Raises UsageError where it cannot be written."""
    from bncheck.reports.json import schema

    output.check(args.output)
    output.write_text(schema(), args.output)
    return 0
