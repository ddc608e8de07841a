"""``bncheck laws [ID...]``: list the laws, or explain some of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.cli import options, streams

if TYPE_CHECKING:
    from bncheck.terminal import Style
    from bncheck.trial.law import Law

NAME = "laws"

HEADER = ("law", "title", "kind", "needs")
TITLE = HEADER.index("title")


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    parser = subparsers.add_parser(
        NAME,
        help="list the laws, or explain one",
        description="List the laws; with an ID (or a pattern such as 'B*'), explain each: exact "
        "statement, domain, source, and what it needs.",
        allow_abbrev=False,
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="for example B03; none lists all")


def run(args: argparse.Namespace) -> int:
    """Print the list or the explanations."""
    from bncheck.laws import LAWS

    style = streams.style()
    if args.ids:
        told = [explain(law, style) for law in options.matching(args.ids, LAWS)]
        lines = "\n\n".join("\n".join(block) for block in told)
    else:
        lines = "\n".join(listing(LAWS, style))
    streams.emit(lines + "\n")
    return 0


def listing(laws: Sequence[Law], style: Style) -> list[str]:
    """Return the table of all laws."""
    cells = [
        tuple(style.text(cell) for cell in (law.id, law.title, kind(law), _needs(law)))
        for law in laws
    ]
    head, *rows = style.table([HEADER, *cells], "llll", TITLE)
    body = [line for row in rows for line in row]
    return [*head, style.rule(), *body, "", f"{len(laws)} laws; bncheck laws ID explains one"]


def explain(law: Law, style: Style) -> list[str]:
    """Return everything that is known about one law."""
    promises = ", ".join(f"{key} = {value}" for key, value in law.promises.items())
    return [
        style.paint(style.text(f"{law.id} {law.title}"), "bold"),
        *style.labelled("statement", law.statement),
        *style.labelled("domain", law.domain),
        *style.labelled("kind", _kind_in_full(law)),
        *style.labelled("needs", _needs(law) or "nothing but a forward pass"),
        *style.labelled("promises", promises),
        *style.labelled("tried on", ", ".join(law.wants)),
        *style.labelled("source", law.source),
    ]


def kind(law: Law) -> str:
    """Name the kind of a law: exact, policy or bound."""
    if law.policy:
        return "policy"
    return "exact" if law.exact else "bound"


def _kind_in_full(law: Law) -> str:
    return {
        "exact": "exact: equality as numbers, no tolerance",
        "bound": "bound: within the rounding error that is derived for each case",
        "policy": "policy: reported, and enforced only where it is promised",
    }[kind(law)]


def _needs(law: Law) -> str:
    return ", ".join(sorted(law.needs))
