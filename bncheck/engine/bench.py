"""A case on the table: laws are measured on it one after the other, on the same answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bncheck.blaming import fault
from bncheck.cases import build, from_plain
from bncheck.engine.reducing import reduced
from bncheck.engine.target import Target
from bncheck.model import Case
from bncheck.trial.law import Law
from bncheck.trial.trial import Guard, Trial

# Confirming in exact arithmetic costs about a millisecond per thousand values: while shrinking,
# larger cases are confirmed only once, at the end.
CONFIRM_AT_ONCE = 4096

ARRAYS = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


class Bench:
    """The case on the table; renewed when the target has written to it."""

    def __init__(self, target: Target, case: Case) -> None:
        """Put a case before a target, with the truth about it worked out."""
        self._calls = 0
        self._target = replace(target, guard=self._counting(target.guard))
        self._case = case
        self._pristine = _bits(case)
        self._trial = self._fresh(exact=False)
        self._ratios: dict[str, float] = {}

    def _counting(self, guard: Guard) -> Guard:
        def enter(where: str) -> None:
            self._calls += 1
            guard.enter(where)

        return replace(guard, enter=enter)

    def implies(self, law: Law) -> bool:
        """Whether the law follows from what others found on the same answers."""
        if not law.follows or not self._ratios.keys() >= set(law.follows):
            return False
        trial = self._trial
        if trial.activation is not None:
            return False
        if max(self._ratios[name] for name in law.follows) > trial.exact_training.room:
            return False
        if not law.needs:
            return True
        given = trial.gradients
        return given.dgamma is not None and given.dbeta is not None

    def _fresh(self, *, exact: bool) -> Trial:
        target = self._target
        trial = Trial(
            self._case, target.implementation, target.convention, guard=target.guard, exact=exact
        )
        # the truth first: it must not be told from arrays that the target has written to
        _ = trial.exact_training
        return trial

    def result(self, law: Law, *, confirm: bool, explain: bool) -> dict[str, Any]:
        """Measure a law, and confirm what fails. Returns what `measure` answers, for one law."""
        try:
            return self._result(law, confirm=confirm, explain=explain)
        except MemoryError:
            raise
        except Exception as error:  # a fault in one law must not cost what the others find
            return {"law": law.id, "status": "fault", "text": fault(error)}

    def _result(self, law: Law, *, confirm: bool, explain: bool) -> dict[str, Any]:
        calls = self._calls
        result = reduced(law, self._trial, explain=explain)
        if self._calls > calls and _bits(self._case) != self._pristine:
            recipe = from_plain(dict(self._case.recipe or {}))
            self._case = build(recipe, self._case.norm)
            self._trial = self._fresh(exact=False)
            self._ratios.clear()  # it has not been asked yet about the case as it is now
        elif result.get("compared") and not result["fails"]:
            self._ratios[law.id] = closeness(result)[1]
        if not result.get("fails") or result["exact"]:
            return result
        again = result
        if confirm or self._case.x.size <= CONFIRM_AT_ONCE:
            again = reduced(law, self._fresh(exact=True), explain=explain)
            if again.get("fails"):
                return {**again, "certain": True}
        if self._otherwise_now(law):
            return {**result, "certain": True}
        return again

    def _otherwise_now(self, law: Law) -> bool:
        """Whether the same judge sees no failure any more: then it is the answers that differ.

        A target that is right only sometimes must not get away because it is asked again; the
        exact judge's word counts where the answers are the same.
        """
        return not reduced(law, self._fresh(exact=False), explain=False).get("fails")


def _bits(case: Case) -> tuple[bytes, ...]:
    return tuple(getattr(case, name).tobytes() for name in ARRAYS)


def closeness(result: dict[str, Any]) -> tuple[bool, float]:
    """Whether a law fails, and how much of its bound the worst error takes: for ordering."""
    ratio = result["error"] / result["bound"] if result["bound"] else float(result["error"])
    return result["fails"], ratio
