"""One report, as the parts of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common.blocks import found
from bncheck.reports.html import beside, laws, wrong
from bncheck.reports.html.charts import ratios, stability
from bncheck.reports.html.derivations import NONE, Derivations
from bncheck.reports.html.head import head
from bncheck.reports.html.markup import LINE, Markup, join

if TYPE_CHECKING:
    from bncheck.model import Report
    from bncheck.reports.html.place import Place


def parts(report: Report, at: Place, derived: Derivations = NONE) -> Markup:
    """Return all that a report says, the most important first."""
    anchors = laws.anchors(report, at)
    blocks = found(report)
    noted = {note for block in blocks for note in block.notes}
    return join(
        [
            head(report, at),
            wrong.section(report, blocks, at, anchors),
            beside.changes(report, at),
            beside.warnings(report, at, noted),
            beside.not_tried(report, at),
            ratios.section(report, at),
            stability.section(report.stability, at),
            laws.section(report, at, anchors, derived),
            beside.setting(report, at),
        ],
        LINE,
    )


def short(report: Report, at: Place) -> Markup:
    """Return what one of many says, without charts and laws."""
    return join(
        [
            head(report, at),
            wrong.section(report, found(report), at, {}),
            beside.not_tried(report, at),
        ],
        LINE,
    )
