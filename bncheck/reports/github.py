"""GitHub's annotations: workflow commands that its runner reads from what a step prints.

Of a step, 10 errors and 10 warnings are shown; the others are counted in a line of the log.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bncheck.model import NotChecked
from bncheck.reports.common import location
from bncheck.reports.common.problems import Problem, line, problems

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report

MOST = 10  # of each level, in one step
_MOST_TITLE = 120
# how a line of a log begins that the runner takes for a command
_COMMAND = re.compile(r"^([^\S\n]*)::|##\[", re.MULTILINE)


def render(report: Report) -> str:
    """Return the annotations of one report, a line each; nothing where there is nothing to say."""
    return render_several([report])


def render_several(outcomes: Sequence[Outcome]) -> str:
    """Return the annotations of the reports on several targets, of all together so many."""
    lines: list[str] = []
    for level in ("error", "warning"):
        found = [
            (outcome, problem)
            for outcome in outcomes
            for problem in problems(outcome)
            if problem.level == level
        ]
        lines += [_annotation(*each) for each in found[:MOST]]
        if more := len(found) - MOST if len(found) > MOST else 0:
            lines.append(
                f"bncheck: {more} more {level}{'s' * (more > 1)}, of which GitHub would show none; "
                "the report has them"
            )
    return "".join(f"{each}\n" for each in lines)


def harmless(text: str) -> str:
    """Return a text of which the runner takes no line for a command."""
    return _COMMAND.sub(lambda found: f"{found[1]}: :" if found[1] is not None else "## [", text)


def _annotation(outcome: Outcome, problem: Problem) -> str:
    origin = "" if isinstance(outcome, NotChecked) else outcome.origin
    place = location.found(origin, outcome.target)
    properties = {} if place is None else {"file": line(place.path), "line": str(place.line)}
    name = line(outcome.target, _MOST_TITLE // 2)
    properties["title"] = line(f"bncheck: {problem.rule.id} in {name}", _MOST_TITLE)
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = "\n".join((problem.title, *problem.details))
    return f"::{problem.level} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
