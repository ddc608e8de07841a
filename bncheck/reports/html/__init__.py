"""The report as a page that is one file: for people who look, on a screen or on paper.

The most important comes first and in the largest words; what is long folds out. There is no script
and nothing from elsewhere; whatever a target says is escaped, by `markup`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common.concluding import WORDS
from bncheck.reports.html import one, several
from bncheck.reports.html.derivations import NONE, Derivations
from bncheck.reports.html.page import page
from bncheck.reports.html.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bncheck.model import Outcome, Report


def render(report: Report, derived: Derivations = NONE) -> str:
    """Return the report as one HTML page. derived: the derivations of laws that fail"""
    title = f"{WORDS[report.exit_code]} {report.target}"
    return page(title, one.parts(report, Place(), derived), derived.style)


def render_several(outcomes: Sequence[Outcome]) -> str:
    """Return the reports on several targets as one HTML page, the verdicts first."""
    return page(several.title(outcomes), several.parts(outcomes))
