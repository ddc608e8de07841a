"""The table of laws: one row for what holds in several dtypes, one for each failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bncheck.terminal import short, times

if TYPE_CHECKING:
    from bncheck.model import Finding

HEADER = (
    *("verdict", "law", "title", "dtype", "examples"),
    *("worst error", "allowed", "margin", "sees"),
)
NEAREST = "A row for several dtypes shows the one nearest to its bound."

# verdict -> how the table writes it; what was skipped has a section of its own
SHOWN = {"holds": "holds", "fails": "FAILS", "error": "ERROR", "expected": "expected"}


def groups(tried: Iterable[Finding]) -> list[list[Finding]]:
    """Return the findings of each row."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for f in tried:
        own = (f.dtype,) if f.verdict == "fails" else ()
        found.setdefault((f.law, f.verdict, *own), []).append(f)
    return list(found.values())


def cells(group: Sequence[Finding], tried: set[str]) -> tuple[str, ...]:
    """Return what stands in a row. tried: all dtypes"""
    worst = max(group, key=_closeness)
    dtypes = dict.fromkeys(f.dtype for f in group)
    everywhere = len(dtypes) > 1 and dtypes.keys() == tried
    return (
        SHOWN[worst.verdict],
        worst.law,
        worst.title,
        "all" if everywhere else ", ".join(dtypes),
        str(sum(f.examples for f in group)),
        short(worst.error),
        "exact" if worst.bound == 0 else short(worst.bound),
        times(worst.margin),
        _sees(group),
    )


def _sees(group: Sequence[Finding]) -> str:
    """Tell the smallest relative error that all of these would have seen."""
    powers = [f.sees for f in group if f.sees is not None]
    if not powers:
        return short(None)
    return "any" if not max(powers) else short(max(powers)) if max(powers) < 1 else "nothing"


def _closeness(finding: Finding) -> float:
    margin = finding.margin
    return -1.0 if margin is None or margin != margin else margin
