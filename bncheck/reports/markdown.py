"""Markdown, for a job's summary or a comment: the targets in a table, then what is wrong by cause.

It is at most 1 MiB, which is what GitHub takes of a step; what is left out is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bncheck.model import NotChecked
from bncheck.reports.common.grouping import VERDICTS, worst
from bncheck.reports.common.marking import code, text
from bncheck.reports.common.problems import line, problems

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report
    from bncheck.reports.common.problems import Problem

MOST_BYTES = 1 << 20
# rows of a table on one target, and entries of a list
_MOST_ROWS = 20
_MOST_LISTED = 10
_MOST_CAUSES = 5
_WORDS = {0: "HOLDS", 1: "FAILS", 2: "NOT CHECKED", 3: "FAULT OF BNCHECK"}
_COUNTED = {
    "fails": "fail",
    "error": "raise",
    "expected": "expected to fail",
    "holds": "hold",
    "skipped": "skipped",
}


def render(report: Report) -> str:
    """Return the report as Markdown, ending in a newline."""
    return render_several([report])


def render_several(outcomes: Sequence[Outcome], most: int = MOST_BYTES) -> str:
    """Return the reports on several targets as Markdown of so many bytes, ending in a newline."""
    head = ["## bncheck", "", "| | target | laws | causes |", "|---|---|---|---|"]
    rows = _fitting(map(_row, outcomes), most // 2, len(outcomes))
    parts = ["\n".join([*head, *rows]) + "\n"]
    sections = [section for section in map(_section, outcomes) if section]
    room = most - len(parts[0].encode()) - 200  # for what says how much is left out
    return "".join([*parts, *_fitting(sections, room, len(sections))])


def _fitting(parts: Iterable[str], room: int, count: int) -> list[str]:
    """Return as many parts as there is room for, in bytes, and how many are left out."""
    shown: list[str] = []
    for part in parts:
        room -= len(part.encode()) + 1
        if room < 0:
            left = count - len(shown)
            return [
                *shown,
                f"\nof {count} targets, {left} are left out here, as there is no room\n",
            ]
        shown.append(part)
    return shown


def _row(outcome: Outcome) -> str:
    """Return what came out for one target."""
    target, word = code(line(outcome.target, 160), cell=True) or "target", _WORDS[outcome.exit_code]
    if isinstance(outcome, NotChecked):
        return f"| **{word}** | {target} | | {text(line(outcome.error))} |"
    causes = list(dict.fromkeys(str(cause.get("deviation", "")) for cause in outcome.causes))
    named = [text(line(name, 80)) for name in causes[:_MOST_CAUSES]]
    more = [f"{len(causes) - _MOST_CAUSES} more"] if len(causes) > _MOST_CAUSES else []
    return f"| **{word}** | {target} | {_counts(outcome)} | {', '.join([*named, *more])} |"


def _counts(report: Report) -> str:
    """Count the laws by the worst verdict that they have in any dtype."""
    counts = Counter(worst(report.findings).values())
    told = [f"{counts[verdict]} {_COUNTED[verdict]}" for verdict in VERDICTS if counts[verdict]]
    return ", ".join(told) or "none was tried"


def _section(outcome: Outcome) -> str:
    """Return what there is to say of one target beside its row; empty where that is nothing."""
    if isinstance(outcome, NotChecked):
        return ""
    told = problems(outcome)
    parts = [
        _table("what is wrong", [p for p in told if p.level == "error"]),
        _list("Warnings", [p.title for p in told if p.level == "warning"]),
        _list("Fails as expected", [_as_expected(p) for p in told if p.level == "expected"]),
        _list("Not checked", outcome.untried),
        _list("Since the earlier report", outcome.changes),
    ]
    shown = [part for part in parts if part]
    title = f"### {code(line(outcome.target, 160)) or 'target'}"
    return "\n" + "\n\n".join([title, *shown]) + "\n" if shown else ""


def _table(title: str, told: Sequence[Problem]) -> str:
    if not told:
        return ""
    rows = [f"| | {title} | example |", "|---|---|---|"]
    for number, problem in enumerate(told[:_MOST_ROWS], 1):
        counted, *others = problem.details or ("",)
        said = f"**{text(problem.title)}**" + (f"<br>{text(counted)}" if counted else "")
        rows.append(f"| {number} | {said} | {'<br>'.join(_cell(each) for each in others)} |")
    more = len(told) - _MOST_ROWS
    return "\n".join(rows) + (
        f"\n\n{more} more thing{'s are' if more > 1 else ' is'} wrong" if more > 0 else ""
    )


def _cell(detail: str) -> str:
    """Return a line of an example: what can be pasted is code."""
    return (
        code(detail, cell=True)
        if detail.startswith(("x = ", "dy = ", "bncheck "))
        else text(detail)
    )


def _as_expected(problem: Problem) -> str:
    return f"{problem.title.partition(': ')[2]} ({problem.reason})"


def _list(title: str, told: Sequence[str]) -> str:
    if not told:
        return ""
    items = [f"- {text(line(each))}" for each in told[:_MOST_LISTED]]
    more = len(told) - _MOST_LISTED
    items += [f"- {more} more"] if more > 0 else []
    return "\n".join([f"{title}:", "", *items])
