"""The laws by family: how many hold, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.reports.common.families import by_family
from bncheck.reports.common.grouping import worst
from bncheck.terminal import times

if TYPE_CHECKING:
    from bncheck.model import Finding
    from bncheck.terminal import Style

HEADER = ("laws about", "hold", "fail", "raise", "skipped", "nearest", "not holding")
WRONG = HEADER.index("not holding")
SPARE = (HEADER.index("skipped"), HEADER.index("nearest"))


def table(findings: Sequence[Finding], style: Style) -> list[str]:
    """Return a row for each family that there are findings of, dtypes taken together."""
    if not findings:
        return []
    rows = [_row(name, of) for name, of in by_family(findings)]
    safe = [tuple(style.text(cell) for cell in row) for row in rows]
    head, *body = style.table([HEADER, *safe], "lrrrrrl", WRONG, SPARE)
    lines = [*head, style.rule(), *(line for row in body for line in row)]
    return lines + style.wrap(
        "nearest: the largest error in units of what is allowed, of those held"
    )


def _row(name: str, findings: Sequence[Finding]) -> tuple[str, ...]:
    verdicts = worst(findings)
    counts = [list(verdicts.values()).count(v) for v in ("holds", "fails", "error", "skipped")]
    wrong = [law for law, verdict in verdicts.items() if verdict in ("fails", "error")]
    margins = [f.margin for f in findings if f.verdict == "holds" and f.margin is not None]
    # NaN is in no order, and no bound was kept by it
    near = times(max((m for m in margins if m == m), default=None))
    return name, *map(str, counts), near, " ".join(wrong)
