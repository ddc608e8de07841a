"""A law on a case as plain data: of all that it compared, the worst, and what else was counted."""

from __future__ import annotations

import math
from typing import Any

from bncheck.cases import python_of
from bncheck.errors import TargetRaised
from bncheck.model import Case
from bncheck.trial.law import Law, Residual
from bncheck.trial.trial import Inapplicable, Trial


def reduced(law: Law, trial: Trial, *, explain: bool) -> dict[str, Any]:
    """Run a law's body and reduce its residuals to the worst one.

    Keys: law, status (measured, inapplicable, raised; or fault, where a law's own body raised);
    where measured: what, error, bound, got, expected, fails, exact (the worst comparison had
    bound 0), certain (it fails and needs no confirmation any more), compared, unpromised,
    warning, sees (the detection power, see `Residual`: the largest of its comparisons that see
    anything), and python where it fails and that is wanted.
    """
    if trial.activation is not None and not law.fused:
        return {"law": law.id, "status": "inapplicable", "reason": "convention"}
    worst: Residual | None = None
    compared = unpromised = 0
    warning, powers = "", [math.inf]
    try:
        for residual in law.measure(trial):
            compared += residual.compared
            unpromised += residual.unpromised
            warning = warning or residual.warning
            powers += [] if residual.sees is None else [residual.sees]
            if worst is None or _rank(residual) > _rank(worst):
                worst = residual
    except Inapplicable as reason:
        if worst is None:
            return {"law": law.id, "status": "inapplicable", "reason": reason.reason}
    except TargetRaised as error:
        return raised(law, trial, error)
    if worst is None:
        return {"law": law.id, "status": "inapplicable", "reason": ""}
    fails = worst.error > worst.bound
    result: dict[str, Any] = {
        "law": law.id,
        "status": "measured",
        "what": worst.what,
        "error": worst.error,
        "bound": worst.bound,
        "got": worst.got,
        "expected": worst.expected,
        "fails": fails,
        "exact": worst.bound == 0,
        "certain": fails and worst.bound == 0,
        "compared": compared,
        "unpromised": unpromised,
        "warning": warning,
        "sees": max((power for power in powers if power < 1), default=math.inf),
    }
    if fails and explain:
        result["python"] = python_of(worst.cases[0] if worst.cases else trial.case)
    return result


def _rank(residual: Residual) -> tuple[bool, float, float]:
    fails = residual.error > residual.bound
    if residual.compared == 0:
        return (False, -1.0, 0.0)
    ratio = residual.error / residual.bound if residual.bound else math.inf
    return (fails, ratio if residual.error else 0.0, residual.error)


def raised(law: Law, trial: Trial, error: TargetRaised) -> dict[str, Any]:
    """Tell what the target raised, and on which case."""
    return {
        "law": law.id,
        "status": "raised",
        "kind": error.kind,
        "message": error.message[:500],
        "where": error.where,
        "python": python_of(error.case if isinstance(error.case, Case) else trial.case),
    }
