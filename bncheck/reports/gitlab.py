"""GitLab's code quality report: one entry for each thing that is wrong, once.

Each has what GitLab needs: description, check_name, fingerprint, severity, and a location with
path and lines.begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bncheck.model import NotChecked
from bncheck.reports.common import location
from bncheck.reports.common.problems import line, of_all

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report
    from bncheck.reports.common.problems import Problem

_SEVERITY = {"error": "critical", "warning": "minor", "expected": "info"}
_MOST_SAID = 600


def render(report: Report) -> str:
    """Return the report as a JSON array in ASCII, ending in a newline."""
    return render_several([report])


def render_several(outcomes: Sequence[Outcome]) -> str:
    """Return the reports on several targets as one JSON array, ending in a newline."""
    entries = [
        entry
        for outcome, told in zip(outcomes, of_all(outcomes), strict=True)
        for entry in _entries(outcome, told)
    ]
    return json.dumps(entries, indent=2) + "\n"


def _entries(outcome: Outcome, told: Sequence[Problem]) -> Iterator[dict[str, Any]]:
    origin = "" if isinstance(outcome, NotChecked) else outcome.origin
    place = location.needed(origin, outcome.target)
    name = line(outcome.target, 100)
    for problem in told:
        # a run that says nothing lets no change be merged unseen
        severity = "blocker" if problem.of_run else _SEVERITY[problem.level]
        said = "; ".join((problem.title, *problem.details))
        yield {
            "description": line(f"{name}: {said}", _MOST_SAID),
            "check_name": f"bncheck/{problem.rule.id}",
            "fingerprint": problem.fingerprint,
            "severity": severity,
            "location": {"path": line(place.path), "lines": {"begin": place.line}},
        }
