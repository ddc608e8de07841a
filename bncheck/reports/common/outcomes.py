"""What came out for one of several targets, in a line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bncheck.model import NotChecked

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report

# verdict -> how it is counted
_COUNTED = {"fails": "fail", "error": "error", "holds": "hold", "expected": "expected"}


def told(outcome: Outcome) -> str:
    """Say what was counted, and the causes; or why there is no report."""
    if isinstance(outcome, NotChecked):
        return f"not checked: {outcome.error}"
    return ", ".join(_counts(outcome))


def _counts(report: Report) -> list[str]:
    counts: Counter[str] = Counter(finding.verdict for finding in report.findings)
    told = [f"{counts[verdict]} {name}" for verdict, name in _COUNTED.items() if counts[verdict]]
    told += [f"{counts['skipped']} skipped"] if counts["skipped"] else []
    causes = dict.fromkeys(str(cause.get("deviation", "")) for cause in report.causes)
    told += [f"cause {' and '.join(causes)}"] if causes else []
    stale = len(report.stale)
    told += [f"{stale} stale expectation{'' if stale == 1 else 's'}"] if stale else []
    told += [*report.missing, *(["interrupted"] if report.interrupted else [])]
    return told or ["nothing could be checked"]
