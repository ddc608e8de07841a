"""The table of laws: one row for what holds in several dtypes, one for each failure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bncheck.reports.common import rows
from bncheck.terminal import Style

if TYPE_CHECKING:
    from bncheck.model import Finding

RIGHT = "llllrrrrr"  # which columns are flush right
TITLE = rows.HEADER.index("title")
# what narrow terminals do without, the least needed first
SPARE = tuple(map(rows.HEADER.index, ("sees", "worst error", "examples", "allowed")))

# verdict -> its looks
LOOKS = {
    "holds": ("green",),
    "fails": ("red", "bold"),
    "error": ("red", "bold"),
    "expected": ("yellow",),
}


def table(findings: Iterable[Finding], style: Style) -> list[str]:
    """Return the lines of the table; none if no law was tried."""
    tried = [f for f in findings if f.verdict != "skipped"]
    if not tried:
        return []
    dtypes = {f.dtype for f in tried}
    groups = rows.groups(tried)
    cells = [tuple(style.text(cell) for cell in rows.cells(group, dtypes)) for group in groups]
    head, *body = style.table([rows.HEADER, *cells], RIGHT, TITLE, SPARE)
    lines = [*head, style.rule()]
    for group, row in zip(groups, body, strict=True):
        shown, looks = rows.SHOWN[group[0].verdict], LOOKS[group[0].verdict]
        # the verdict stands first in the row: coloured only there, the columns stay aligned
        lines += [style.paint(shown, *looks) + row[0][len(shown) :], *row[1:]]
    if any(len(group) > 1 and group[0].bound for group in groups):
        lines += style.wrap(rows.NEAREST)
    return lines
