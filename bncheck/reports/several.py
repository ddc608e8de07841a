"""The text on several targets: each report, then a line for each target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bncheck.model import NotChecked
from bncheck.terminal import Style, columns

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report

# verdict -> how it is counted
_COUNTED = {"fails": "fail", "error": "error", "holds": "hold", "expected": "expected"}


def render(outcomes: Sequence[Outcome], labels: Sequence[str], one: Callable[[Report], str]) -> str:
    """Return the reports on several targets, and the last lines, as text.

    labels: what the last lines call the targets; one: the text of one report
    """
    reports = [one(each) for each in outcomes if not isinstance(each, NotChecked)]
    return "\n".join([*reports, last_lines(outcomes, labels, Style())])


def last_lines(outcomes: Sequence[Outcome], labels: Sequence[str], style: Style) -> str:
    """Return a line for each target: its exit code, and what was counted or why not."""
    names = [style.text(label) for label in labels]
    width = max(map(columns, names), default=0)
    lines = []
    for name, outcome in zip(names, outcomes, strict=True):
        looks = ("green" if outcome.exit_code == 0 else "red", "bold")
        code = style.paint(f"exit {outcome.exit_code}", *looks)
        room = " " * (width - columns(name))
        lines.append(f"{name}{room}  {code}: {style.text(_told(outcome))}")
    return "\n".join(lines) + "\n"


def _told(outcome: Outcome) -> str:
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
