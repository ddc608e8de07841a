"""The table of laws: one row for what holds in several dtypes, one for each failure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bncheck.terminal import Style, short, times

if TYPE_CHECKING:
    from bncheck.model import Finding

HEADER = (
    *("verdict", "law", "title", "dtype", "examples"),
    *("worst error", "allowed", "margin", "sees"),
)
RIGHT = "llllrrrrr"  # which columns are flush right
TITLE = HEADER.index("title")
# what narrow terminals do without, the least needed first
SPARE = tuple(map(HEADER.index, ("sees", "worst error", "examples", "allowed")))

# verdict -> how the table writes it, and its looks; what was skipped has a section of its own
SHOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "holds": ("holds", ("green",)),
    "fails": ("FAILS", ("red", "bold")),
    "error": ("ERROR", ("red", "bold")),
    "expected": ("expected", ("yellow",)),
}


def table(findings: Iterable[Finding], style: Style) -> list[str]:
    """Return the lines of the table; none if no law was tried."""
    tried = [f for f in findings if f.verdict != "skipped"]
    if not tried:
        return []
    dtypes = {f.dtype for f in tried}
    groups = _groups(tried)
    cells = [tuple(style.text(cell) for cell in _cells(group, dtypes)) for group in groups]
    head, *rows = style.table([HEADER, *cells], RIGHT, TITLE, SPARE)
    lines = [*head, style.rule()]
    for group, row in zip(groups, rows, strict=True):
        shown, looks = SHOWN[group[0].verdict]
        # the verdict stands first in the row: coloured only there, the columns stay aligned
        lines += [style.paint(shown, *looks) + row[0][len(shown) :], *row[1:]]
    if any(len(group) > 1 and group[0].bound for group in groups):
        lines += style.wrap("A row for several dtypes shows the one nearest to its bound.")
    return lines


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for f in findings:
        own = (f.dtype,) if f.verdict == "fails" else ()
        groups.setdefault((f.law, f.verdict, *own), []).append(f)
    return list(groups.values())


def _cells(group: list[Finding], tried: set[str]) -> tuple[str, ...]:
    worst = max(group, key=_closeness)
    dtypes = dict.fromkeys(f.dtype for f in group)
    everywhere = len(dtypes) > 1 and dtypes.keys() == tried
    return (
        SHOWN[worst.verdict][0],
        worst.law,
        worst.title,
        "all" if everywhere else ", ".join(dtypes),
        str(sum(f.examples for f in group)),
        short(worst.error),
        "exact" if worst.bound == 0 else short(worst.bound),
        times(worst.margin),
        _sees(group),
    )


def _sees(group: list[Finding]) -> str:
    """Tell the smallest relative error that all of these would have seen."""
    powers = [f.sees for f in group if f.sees is not None]
    if not powers:
        return short(None)
    return "any" if not max(powers) else short(max(powers)) if max(powers) < 1 else "nothing"


def _closeness(finding: Finding) -> float:
    margin = finding.margin
    return -1.0 if margin is None or margin != margin else margin
