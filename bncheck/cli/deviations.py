"""``bncheck deviations [WORD...]``: the named ways of being wrong, and which laws catch each."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.cli import searching, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.layout import command, heading

if TYPE_CHECKING:
    from bncheck.deviations.deviation import Deviation
    from bncheck.killtable import KillTable
    from bncheck.terminal import Style

NAME = "deviations"

HEADER = ("deviation", "what it does", "caught by")
SAYS = HEADER.index("what it does")
# laws that the list shows of each; the explanation shows all
SHOWN = 4
# on narrower terminals each entry has lines of its own
TABLE = 90


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help=SUMMARIES[NAME],
        description="List the named ways of being wrong; with a NAME (or a pattern such as "
        "'eps-*'), explain each: what it does, where it was seen, which inputs expose it, and "
        "all laws that catch it. With other words, list those in which all of them occur, in any "
        "case.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "names", nargs="*", metavar="WORD", help="a NAME, or what to search; none lists all"
    )


def run(args: argparse.Namespace) -> int:
    """Print the list, what was found, or the explanations."""
    from bncheck.deviations import DEVIATIONS
    from bncheck.killtable import read

    style, table = streams.style(), read()
    if not args.names:
        told = f"{len(DEVIATIONS)} deviations"
        streams.emit("\n".join(listing(DEVIATIONS, table, style, told)) + "\n")
        return 0
    texts = {d.name: (d.says, d.seen, ", ".join(table.catching(d.name))) for d in DEVIATIONS}
    found = searching.find(args.names, texts, "deviation", "`bncheck deviations` lists them")
    chosen = [d for d in DEVIATIONS if d.name in found.ids]
    if found.searched:
        told = found.told("deviations", len(DEVIATIONS))
        lines = "\n".join(listing(chosen, table, style, told))
    else:
        lines = "\n\n".join("\n".join(explain(d, table, style)) for d in chosen)
    streams.emit(lines + "\n")
    return 0


def listing(
    deviations: Sequence[Deviation], table: KillTable, style: Style, told: str
) -> list[str]:
    """Return the table of some deviations, family by family; told: how many they are."""
    cells = [(d.name, d.says, _few(table.catching(d.name))) for d in deviations]
    end = ["", *style.wrap(f"{told}; bncheck deviations NAME explains one")]
    if style.width < TABLE:
        return [line for row in cells for line in _block(*row, style)] + end
    head, *rows = style.table([HEADER, *(tuple(map(style.text, c)) for c in cells)], "lll", SAYS)
    return [*head, style.rule(), *(line for row in rows for line in row), *end]


def _block(name: str, says: str, caught: str, style: Style) -> list[str]:
    return [
        style.text(name),
        *style.wrap(says, "  "),
        *(style.wrap(f"caught by {caught}", "  ") if caught else ()),
    ]


def explain(
    deviation: Deviation, table: KillTable, style: Style, kind_of_id: str = ""
) -> list[str]:
    """Return everything that is known about one deviation; kind_of_id: opens it."""
    from bncheck.deviations.targets import attribute

    kind = "right where its convention is promised" if deviation.legitimate else ""
    target = f"bncheck.deviations.targets:{attribute(deviation.name)}"
    return [
        *heading(f"{kind_of_id} {deviation.name}", style),
        *style.labelled("does", deviation.says),
        *style.labelled("family", deviation.family),
        *style.labelled("kind", kind),
        *style.labelled("shows in", deviation.regime),
        *style.labelled("seen", deviation.seen),
        *style.labelled("unless", deviation.unless),
        *style.labelled("caught by", ", ".join(table.catching(deviation.name))),
        *command("try", f"bncheck verify {target}", style),
    ]


def _few(laws: Sequence[str]) -> str:
    more = f" +{len(laws) - SHOWN}" if len(laws) > SHOWN else ""
    return ", ".join(laws[:SHOWN]) + more
