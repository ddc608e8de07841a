"""Measuring: one case, some laws, plain data out. Runs where the target lives."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter  # bound now: the target may replace what the module holds
from typing import Any

import numpy as np

from bncheck.blaming import fault
from bncheck.cases import Recipe, admits, build, from_plain
from bncheck.engine.parts import parts
from bncheck.engine.reducing import raised, reduced
from bncheck.errors import TargetRaised
from bncheck.model import Case, Convention, Implementation
from bncheck.trial.law import Law
from bncheck.trial.shelter import sheltered
from bncheck.trial.trial import Guard, Inapplicable, Trial

# Confirming in exact arithmetic costs about a millisecond per thousand values: while shrinking,
# larger cases are confirmed only once, at the end.
CONFIRM_AT_ONCE = 4096

# Larger cases are measured some channels at a time.
MOST_AT_ONCE = 1 << 20

# A law that needs one of these is measured on each backward pass that the target offers.
OF_GRADIENTS = frozenset({"backward", "eval_backward"})

ARRAYS = ("x", "dy", "gamma", "beta", "running_mean", "running_var")


@dataclass
class Clock:
    """Seconds spent in the target, and in its longest call; the rest is bncheck's own."""

    target: float = 0.0
    calls: int = 0
    longest: float = 0.0
    _since: float = field(default=0.0, repr=False)

    def enter(self, where: str) -> None:
        """A call of the target begins."""
        del where
        self.calls += 1
        self._since = perf_counter()

    def leave(self) -> None:
        """It ended."""
        took = perf_counter() - self._since
        self.target += took
        self.longest = max(self.longest, took)

    def reset(self) -> None:
        """Start anew, for another request."""
        self.target, self.calls, self.longest = 0.0, 0, 0.0


@dataclass(frozen=True)
class Target:
    """What measuring needs to know of the target, in the process where it lives.

    writes: it was seen to write to its inputs
    """

    implementation: Implementation
    convention: Convention
    guard: Guard
    writes: bool = False

    @property
    def apart(self) -> Target:
        """The target as it is asked where its writing to its inputs is not the question."""
        if not self.writes:
            return self
        return replace(self, implementation=sheltered(self.implementation), writes=False)


def measure(
    target: Target,
    recipe: dict[str, Any],
    laws: Iterable[Law],
    *,
    confirm: bool,
    explain: bool,
    inferred: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Try some laws on one case. Each result is JSON-able; see `reduced` for its keys.

    confirm: check failures against the exact oracle before they count, whatever the size
    explain: add the failing call's inputs as Python
    inferred: laws that are not measured where they follow from others, which stand before them:
        their status is then ``follows``
    """
    checked = from_plain(recipe)
    if not admits(target.implementation.domain, checked):
        # a step of the search towards a simpler case: the target would answer another question
        return [{"law": law.id, "status": "inapplicable", "reason": ""} for law in laws]
    if checked.size > MOST_AT_ONCE:
        with np.errstate(all="ignore"):
            return _in_parts(target, checked, tuple(laws), confirm, explain, inferred)
    plain = replace(checked, layout="C", dy_layout="C", alias="")
    apart = target.apart
    others = _others(apart)
    if plain == checked:
        plain = checked  # one bench for both
    benches: dict[tuple[bool, str, bool, bool], _Bench] = {}
    norm = target.implementation.domain.norm
    results = []
    with np.errstate(all="ignore"):
        for law in laws:
            began = perf_counter()
            wanted, main = plain if law.contiguous else checked, target if law.inputs else apart
            found = []
            for name, asked in (
                ("", main),
                *(others if others and law.needs & OF_GRADIENTS else ()),
            ):
                native = law.native and not norm.of_sets
                key = wanted is checked, name, law.inputs, native
                if key not in benches:
                    case = build(wanted, norm if native else norm.simple)
                    benches[key] = _Bench(asked, case)
                bench = benches[key]
                if law.id in inferred and bench.implies(law):
                    found.append(_following(law))
                    continue
                result = bench.result(law, confirm=confirm, explain=explain)
                found.append(_naming(result, name))
            result = found[0] if len(found) == 1 else _worst(found)
            # what laws share, the plain run and the truth about it, is with the first of them
            results.append({**result, "seconds": perf_counter() - began})
    return results


def _others(target: Target) -> list[tuple[str, Target]]:
    """Return the target once for each further backward pass that it offers."""
    implementation = target.implementation
    return [
        (name, replace(target, implementation=replace(implementation, make=make)))
        for name, make in implementation.alternatives
    ]


def _naming(result: dict[str, Any], name: str) -> dict[str, Any]:
    """Say which backward pass was asked, where it is not the main one."""
    if not name or "what" not in result:
        return result
    return {**result, "what": f"{name}: {result['what']}", "alternative": name}


def _worst(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the result that says most against the target: it raised, it fails, or is closest."""
    odd = next((r for r in found if r["status"] in ("raised", "fault")), None)
    measured = [r for r in found if r["status"] == "measured"]
    return odd or (max(measured, key=_closeness) if measured else found[0])


def _in_parts(
    target: Target,
    recipe: Recipe,
    laws: tuple[Law, ...],
    confirm: bool,
    explain: bool,
    inferred: Collection[str],
) -> list[dict[str, Any]]:
    """Try laws that only read the plain run on a large case, some channels at a time.

    The target is called once on the whole; truth and bounds are evaluated for so many channels
    at a time that they need little memory. Laws that make their own calls are left out.
    """
    shared = [law for law in laws if law.shared]
    others = [law for law in laws if not law.shared]
    results = [{"law": law.id, "status": "inapplicable", "reason": ""} for law in others]
    found: dict[str, list[dict[str, Any]]] = {law.id: [] for law in shared}
    try:
        whole = build(recipe, target.implementation.domain.norm.simple)
        for part in parts(target.implementation, target.convention, target.guard, whole):
            bench = _Bench(replace(target, implementation=part.implementation), part.case)
            for law in shared:
                began = perf_counter()
                if law.id in inferred and bench.implies(law):
                    result = _following(law)
                else:
                    result = bench.result(law, confirm=confirm, explain=explain)
                found[law.id].append({**result, "seconds": perf_counter() - began})
    except Inapplicable as reason:  # it has no training mode: the parts have nothing to repeat
        return [{"law": law.id, "status": "inapplicable", "reason": reason.reason} for law in laws]
    except TargetRaised as error:
        case = Trial(whole, target.implementation, target.convention)
        return results + [raised(law, case, error) for law in shared]
    return results + [_together(several) for several in found.values()]


def _together(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Make one result of those of all parts: the worst, with all entries counted."""
    measured = [r for r in results if r["status"] == "measured"]
    others = [r for r in results if r["status"] not in ("measured", "follows")]
    if others or not measured:
        return next(iter(others), results[0])
    worst = max(measured, key=_closeness)
    return {
        **worst,
        "compared": sum(r["compared"] for r in measured),
        "unpromised": sum(r["unpromised"] for r in measured),
        "warning": next((r["warning"] for r in measured if r["warning"]), ""),
        "sees": min(r["sees"] for r in measured),
        "seconds": sum(r["seconds"] for r in measured),
    }


def _following(law: Law) -> dict[str, Any]:
    return {"law": law.id, "status": "follows"}


def _closeness(result: dict[str, Any]) -> tuple[bool, float]:
    ratio = result["error"] / result["bound"] if result["bound"] else float(result["error"])
    return result["fails"], ratio


class _Bench:
    """The case on the table; renewed when the target has written to it."""

    def __init__(self, target: Target, case: Case) -> None:
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
            self._ratios[law.id] = _closeness(result)[1]
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
