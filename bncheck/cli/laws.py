"""``bncheck laws [WORD...]``: list the laws, explain some of them, or search them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.cli import searching, streams
from bncheck.cli.commands import SUMMARIES
from bncheck.cli.layout import heading

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
        help=SUMMARIES[NAME],
        description="List the laws; with an ID (or a pattern such as 'B*'), explain each: exact "
        "statement, domain, source, and what it needs. With other words, list the laws in which "
        "all of them occur, in any case.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "ids", nargs="*", metavar="WORD", help="an ID as B03, or what to search; none lists all"
    )


def run(args: argparse.Namespace) -> int:
    """Print the list, what was found, or the explanations."""
    from bncheck.laws import LAWS

    style = streams.style()
    if not args.ids:
        streams.emit("\n".join(listing(LAWS, style, f"{len(LAWS)} laws")) + "\n")
        return 0
    texts = {law.id: (law.title, law.statement, law.domain, law.source) for law in LAWS}
    found = searching.find(args.ids, texts, "law", "`bncheck laws` lists them")
    chosen = [law for law in LAWS if law.id in found.ids]
    if found.searched:
        lines = "\n".join(listing(chosen, style, found.told("laws", len(LAWS))))
    else:
        lines = "\n\n".join("\n".join(explain(law, style)) for law in chosen)
    streams.emit(lines + "\n")
    return 0


def listing(laws: Sequence[Law], style: Style, told: str) -> list[str]:
    """Return the table of some laws; told: how many they are."""
    cells = [
        tuple(style.text(cell) for cell in (law.id, law.title, kind(law), _needs(law)))
        for law in laws
    ]
    head, *rows = style.table([HEADER, *cells], "llll", TITLE)
    body = [line for row in rows for line in row]
    return [*head, style.rule(), *body, "", *style.wrap(f"{told}; bncheck laws ID explains one")]


def explain(law: Law, style: Style, kind_of_id: str = "") -> list[str]:
    """Return everything that is known about one law; kind_of_id: opens it."""
    promises = ", ".join(f"{key} = {value}" for key, value in law.promises.items())
    return [
        *heading(f"{kind_of_id} {law.id} {law.title}", style),
        *style.labelled("statement", law.statement),
        *style.labelled("domain", law.domain),
        *style.labelled("kind", _kind_in_full(law)),
        *style.labelled("needs", _needs(law) or "nothing but a forward pass"),
        *style.labelled("promises", promises),
        *style.labelled("tried on", ", ".join(law.wants)),
        *style.labelled("follows", _premises(law)),
        *style.labelled("source", law.source),
    ]


def _premises(law: Law) -> str:
    if not law.follows:
        return ""
    return f"from {' and '.join(law.follows)}, where these hold by a margin"


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
