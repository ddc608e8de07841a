"""The text on several targets: each report, then a line for each target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bncheck.model import NotChecked
from bncheck.reports.common.outcomes import told
from bncheck.terminal import Style, columns

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report


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
        lines.append(f"{name}{room}  {code}: {style.text(told(outcome))}")
    return "\n".join(lines) + "\n"
