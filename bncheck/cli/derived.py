"""The derivations of laws that a report says fail: of what a target breaks, why it has to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.html.derivations import NONE, Derivations

if TYPE_CHECKING:
    from bncheck.model import Report

MOST = 12
"""Laws whose theorem is proved again for a report, which takes some tenths of a second each."""

# in the report, a law is a heading of this level
_LEVEL = 4


def of(report: Report) -> Derivations:
    """Return the derivations of the first laws that fail and that a theorem states."""
    broken = dict.fromkeys(f.law for f in report.findings if f.verdict in ("fails", "error"))
    if not broken:
        return NONE
    from bncheck.symbolic import library

    stated = {stem.partition("_")[0] for stem in library.stems()}
    chosen = [law for law in broken if law.lower() in stated][:MOST]
    if not chosen:
        return NONE
    from bncheck.documents.derivations import theorem
    from bncheck.documents.formats import html
    from bncheck.documents.formats.html import look
    from bncheck.symbolic import proving

    sections = {
        outcome.proof.theorem.id: html.fragment(
            tuple(theorem.blocks(outcome, 1)), _LEVEL, f"derived-{number}-"
        )
        for number, outcome in enumerate(proving.prove(chosen), 1)
    }
    return Derivations(look.of_fragments(), sections)
