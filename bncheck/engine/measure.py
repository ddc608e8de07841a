"""Measuring: one case, some laws, plain data out. Runs where the target lives."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bncheck.cases import Recipe, build, from_plain
from bncheck.errors import TargetRaised, fault
from bncheck.formats import Array
from bncheck.model import Case, Convention, Implementation, Law, Residual
from bncheck.trial import Guard, Inapplicable, Trial

# Confirming in exact arithmetic costs about a millisecond per thousand values: while shrinking,
# larger cases are confirmed only once, at the end.
CONFIRM_AT_ONCE = 4096

ARRAYS = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


@dataclass
class Clock:
    """Seconds spent in the target; the rest of a request is bncheck's own."""

    target: float = 0.0
    calls: int = 0
    _since: float = field(default=0.0, repr=False)

    def enter(self, where: str) -> None:
        """A call of the target begins."""
        del where
        self.calls += 1
        self._since = time.perf_counter()

    def leave(self) -> None:
        """It ended."""
        self.target += time.perf_counter() - self._since


@dataclass(frozen=True)
class Target:
    """What measuring needs to know of the target, in the process where it lives."""

    implementation: Implementation
    convention: Convention
    guard: Guard


def measure(
    target: Target, recipe: dict[str, Any], laws: Iterable[Law], *, confirm: bool, explain: bool
) -> list[dict[str, Any]]:
    """Try some laws on one case. Each result is JSON-able; see `_result` for its keys.

    confirm: check failures against the exact oracle before they count, whatever the size
    explain: add the failing call's inputs as Python
    """
    checked = from_plain(recipe)
    plain = replace(checked, layout="C", dy_layout="C", alias="")
    benches: dict[Recipe, _Bench] = {}
    results = []
    with np.errstate(all="ignore"):
        for law in laws:
            wanted = plain if law.contiguous else checked
            bench = benches.get(wanted) or benches.setdefault(wanted, _Bench(target, build(wanted)))
            results.append(bench.result(law, confirm=confirm, explain=explain))
    return results


class _Bench:
    """The case on the table; renewed when the target has written to it."""

    def __init__(self, target: Target, case: Case) -> None:
        self._target = target
        self._case = case
        self._pristine = _bits(case)
        self._trial = self._fresh(exact=False)

    def _fresh(self, *, exact: bool) -> Trial:
        target = self._target
        trial = Trial(
            self._case, target.implementation, target.convention, guard=target.guard, exact=exact
        )
        # the truth first: it must not be told from arrays that the target has written to
        _ = trial.exact_training
        return trial

    def result(self, law: Law, *, confirm: bool, explain: bool) -> dict[str, Any]:
        try:
            return self._result(law, confirm=confirm, explain=explain)
        except MemoryError:
            raise
        except Exception as error:  # a fault in one law must not cost what the others find
            return {"law": law.id, "status": "fault", "text": fault(error)}

    def _result(self, law: Law, *, confirm: bool, explain: bool) -> dict[str, Any]:
        result = _result(law, self._trial, explain=explain)
        if _bits(self._case) != self._pristine:
            recipe = from_plain(dict(self._case.recipe or {}))
            self._case = build(recipe)
            self._trial = self._fresh(exact=False)
        wanted = confirm or self._case.x.size <= CONFIRM_AT_ONCE
        if result.get("fails") and not result["exact"] and wanted:
            again = _result(law, self._fresh(exact=True), explain=explain)
            return {**again, "certain": bool(again.get("fails"))}
        return result


def _bits(case: Case) -> tuple[bytes, ...]:
    return tuple(getattr(case, name).tobytes() for name in ARRAYS)


def _result(law: Law, trial: Trial, *, explain: bool) -> dict[str, Any]:
    """Run a law's body and reduce its residuals to the worst one.

    Keys: law, status (measured, inapplicable, raised; or fault, where a law's own body raised);
    where measured: what, error, bound, got, expected, fails, exact (the worst comparison had
    bound 0), certain (it fails and needs no confirmation any more), compared, unpromised,
    warning, and python where it fails and that is wanted.
    """
    worst: Residual | None = None
    compared = unpromised = 0
    warning = ""
    try:
        for residual in law.measure(trial):
            compared += residual.compared
            unpromised += residual.unpromised
            warning = warning or residual.warning
            if worst is None or _rank(residual) > _rank(worst):
                worst = residual
    except Inapplicable as reason:
        if worst is None:
            return {"law": law.id, "status": "inapplicable", "reason": reason.reason}
    except TargetRaised as error:
        return _raised(law, trial, error)
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


def _raised(law: Law, trial: Trial, error: TargetRaised) -> dict[str, Any]:
    return {
        "law": law.id,
        "status": "raised",
        "kind": error.kind,
        "message": error.message[:500],
        "where": error.where,
        "python": python_of(error.case if isinstance(error.case, Case) else trial.case),
    }


# Larger cases are shown as the recipe that builds them.
MOST_SHOWN = 400


def python_of(case: Case) -> str:
    """Return Python that makes the case's arrays."""
    if case.x.size <= MOST_SHOWN:
        return repr(case)
    if case.recipe is not None:
        return f"bncheck.cases.build(bncheck.cases.from_plain({dict(case.recipe)!r}))"
    return f"# x: {_summary(case.x)}; eps={case.eps!r}, momentum={case.momentum!r}"


def _summary(array: Array) -> str:
    return f"shape {array.shape}, {array.dtype.name}, strides {array.strides}"
