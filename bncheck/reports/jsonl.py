"""JSON lines, for what reads one line at a time: each finding, then the target in one line.

``kind`` says what a line is. "finding" has the keys of a finding of the JSON report, and its
target; "summary", which ends each target, has those of the report but ``findings``; "not-checked"
stands for a target that there is no report on. A line says all that it says by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bncheck.model import NotChecked
from bncheck.reports.common.data import of_outcome

if TYPE_CHECKING:
    from bncheck.model import Outcome, Report


_MOST_TARGET = 10_000


def render(report: Report) -> str:
    """Return the lines of one report, in ASCII, each ending in a newline."""
    return render_several([report])


def render_several(outcomes: Sequence[Outcome]) -> str:
    """Return the lines of the reports on several targets, each ending in a newline."""
    lines = (json.dumps(each, allow_nan=False) for one in outcomes for each in _lines(one))
    return "".join(f"{line}\n" for line in lines)


def _lines(outcome: Outcome) -> Iterator[dict[str, Any]]:
    data = of_outcome(outcome)
    # it is on each line, so that one without end would be there hundreds of times
    data["target"] = data["target"][:_MOST_TARGET]
    for finding in data.pop("findings", ()):
        yield {"kind": "finding", "target": data["target"], **finding}
    kind = "not-checked" if isinstance(outcome, NotChecked) else "summary"
    yield {"kind": kind, **data}
