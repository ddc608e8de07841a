"""``bncheck deviations [NAME...]``: the named ways of being wrong, and which laws catch each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bncheck.cli import streams
from bncheck.errors import UsageError
from bncheck.terminal import nearest

if TYPE_CHECKING:
    from bncheck.deviations.deviation import Deviation
    from bncheck.killtable import KillTable
    from bncheck.terminal import Style

NAME = "deviations"

HEADER = ("deviation", "what it does", "caught by")
SAYS = HEADER.index("what it does")
# laws that the list shows of each; the explanation shows all
SHOWN = 4


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="list the named ways of being wrong, and which laws catch each",
        description="List the named ways of being wrong; with a NAME (or a pattern such as "
        "'eps-*'), explain each: what it does, where it was seen, which inputs expose it, and "
        "all laws that catch it.",
        allow_abbrev=False,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="none lists all")


def run(args: argparse.Namespace) -> int:
    """Print the list or the explanations."""
    from bncheck.deviations import DEVIATIONS
    from bncheck.killtable import read

    style, table = streams.style(), read()
    if args.names:
        chosen = matching(args.names, DEVIATIONS)
        lines = "\n\n".join("\n".join(explain(d, table, style)) for d in chosen)
    else:
        lines = "\n".join(listing(DEVIATIONS, table, style))
    streams.emit(lines + "\n")
    return 0


def matching(patterns: Sequence[str], deviations: Sequence[Deviation]) -> list[Deviation]:
    """Return the deviations whose names match. Raises UsageError for a pattern without any."""
    names = [d.name for d in deviations]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UsageError(f"no deviation matches {pattern!r}; {nearest(pattern, names)}")
    return [d for d in deviations if any(fnmatchcase(d.name, p) for p in patterns)]


def listing(deviations: Sequence[Deviation], table: KillTable, style: Style) -> list[str]:
    """Return the table of all deviations, family by family."""
    cells = [
        tuple(style.text(cell) for cell in (d.name, d.says, _few(table.catching(d.name))))
        for d in deviations
    ]
    head, *rows = style.table([HEADER, *cells], "lll", SAYS)
    body = [line for row in rows for line in row]
    told = f"{len(deviations)} deviations; bncheck deviations NAME explains one"
    return [*head, style.rule(), *body, "", told]


def explain(deviation: Deviation, table: KillTable, style: Style) -> list[str]:
    """Return everything that is known about one deviation."""
    from bncheck.deviations.targets import attribute

    kind = "right where its convention is promised" if deviation.legitimate else ""
    target = f"bncheck.deviations.targets:{attribute(deviation.name)}"
    return [
        style.paint(style.text(deviation.name), "bold"),
        *style.labelled("does", deviation.says),
        *style.labelled("family", deviation.family),
        *style.labelled("kind", kind),
        *style.labelled("shows in", deviation.regime),
        *style.labelled("seen", deviation.seen),
        *style.labelled("caught by", ", ".join(table.catching(deviation.name))),
        *style.labelled("try", f"bncheck verify {target}"),
    ]


def _few(laws: Sequence[str]) -> str:
    more = f" +{len(laws) - SHOWN}" if len(laws) > SHOWN else ""
    return ", ".join(laws[:SHOWN]) + more
