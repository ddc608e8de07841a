"""One example in a few short lines, for places where a report has no room for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bncheck.reports.common.inputs import beside, shape
from bncheck.reports.common.telling import arrays, measured
from bncheck.terminal import beginning, clean

if TYPE_CHECKING:
    from bncheck.model import Counterexample, Finding

# characters of an input that is shown, and of a command
MOST_INPUT = 200
_MOST_COMMAND = 500
# how much of a case is looked at for its arrays
_MOST_PYTHON = 100_000


def example(finding: Finding | None) -> tuple[str, ...]:
    """Tell an example: what came out, what is exact and allowed, the input, how to replay it."""
    if finding is None:
        return ()
    case = finding.case
    raised = finding.verdict == "error"
    said = beginning(finding.reason, MOST_INPUT) if finding.reason and raised else ""
    if case is None:
        return (said,) if said else ()
    lines = [said if raised else measured(finding, case), given(case), replay(case)]
    return tuple(each for each in lines if each)


def given(case: Counterexample) -> str:
    """Say on which input, where that is short; else of which shape it is."""
    fields = arrays(case) if len(case.python) <= _MOST_PYTHON else {}
    names = ["x", *beside(case), "eps"]
    told = clean(", ".join(f"{name} = {fields[name]}" for name in names if name in fields))
    if "x" in fields and len(told) <= MOST_INPUT:
        return told
    return beginning(shape(case), MOST_INPUT)


def replay(case: Counterexample) -> str:
    """Return the command that runs it again; empty where it was not saved, or is too long."""
    command = clean(case.replay) if len(case.file) + len(case.target) < _MOST_COMMAND else ""
    return command if len(command) <= _MOST_COMMAND else ""
