"""Known findings, as people read them in a terminal; their pages are no part of a package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bncheck.cli.layout import command, heading

if TYPE_CHECKING:
    from bncheck.known import Entry
    from bncheck.terminal import Style

FOLDER = "docs/findings/"


def name_of(word: str) -> str:
    """Return the name of a finding, which may be given as the page that a report names."""
    return word.removeprefix(FOLDER).removesuffix(".md")


def explain(faults: Iterable[Entry], style: Style, kind_of_id: str = "") -> list[str]:
    """Return everything that is known about the faults of one page; kind_of_id: opens it."""
    faults = list(faults)
    lines = heading(f"{kind_of_id} {faults[0].name}", style)
    for reason in dict.fromkeys(fault.reason for fault in faults):
        lines += style.labelled("reason", reason)
        for fault in faults:
            if fault.reason == reason:
                lines += _where(fault, style)
    return [
        *lines,
        *style.labelled(
            "expect it",
            "`bncheck verify --known` counts it as expected where these versions are installed",
        ),
        *style.labelled("page", f"{FOLDER}{faults[0].page} (with the source of bncheck)"),
    ]


def _where(fault: Entry, style: Style) -> list[str]:
    versions = ", ".join(f"{name}=={pattern}" for name, pattern in fault.versions)
    variables = ", ".join(f"{name}={value}" for name, value in fault.where.items())
    return [
        *command("target", ", ".join(fault.targets) or "all", style),
        *style.labelled("versions", versions),
        *style.labelled("where", variables),
        *style.labelled("so here", "yes" if fault.is_here() else "no"),
        *style.labelled("dtype", ", ".join(fault.dtypes) or "all"),
        *style.labelled("laws", ", ".join(fault.laws)),
    ]
