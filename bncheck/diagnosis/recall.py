"""What the catalogue's deviations answer on small cases is computed once in a process.

The panel is the same for every target, so a process that judges many would evaluate the same
deviations on the same cases again and again. Nothing is kept of deviations that were read off a
target's numbers, of those that toss coins, and of large cases.
"""

from __future__ import annotations

from functools import lru_cache

from bncheck.cases import Recipe
from bncheck.deviations import BY_NAME, Reference
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.memory import UNSTEADY
from bncheck.diagnosis.prediction import Prediction, answered, coarser, predict
from bncheck.diagnosis.scripts import Answer
from bncheck.model import Ability
from bncheck.truth.rounding import Algorithms

# an answer to a case of so many values is some kilobytes, so all that is kept about 100 MB
_SMALL, _KEPT = 256, 16384

Deviations = tuple[Deviation, ...]
Able = frozenset[Ability]


def deviating(deviations: Deviations, base: Reference) -> Reference:
    """The base with the deviations applied; fresh ones, as some deviations keep a memory."""
    for deviation in deviations:
        if deviation.change is not None:
            base = deviation.change(base)
    return base


def answer_of(
    deviations: Deviations, base: Reference, able: Able, recipe: Recipe, script: str
) -> Answer:
    """Return what a target that deviates so answers, computed in the case's dtype."""
    if _recurs(deviations, recipe):
        return _answer(deviations, base, able, recipe, script)
    return answered(deviating(deviations, base), able, recipe, script)


def predicted_of(
    deviations: Deviations,
    base: Reference,
    able: Able,
    recipe: Recipe,
    script: str,
    algorithms: Algorithms,
    native: Answer,
) -> Prediction:
    """Return what it is predicted to answer; native: what it answers in the case's dtype.

    algorithms: of a target that does not deviate
    """
    if _recurs(deviations, recipe):
        return _prediction(deviations, base, able, recipe, script, algorithms)
    return _predict(deviations, base, able, recipe, script, algorithms, native)


def _recurs(deviations: Deviations, recipe: Recipe) -> bool:
    return recipe.size <= _SMALL and all(
        BY_NAME.get(d.name) is d and d.name not in UNSTEADY for d in deviations
    )


@lru_cache(maxsize=_KEPT)
def _answer(
    deviations: Deviations, base: Reference, able: Able, recipe: Recipe, script: str
) -> Answer:
    return answered(deviating(deviations, base), able, recipe, script)


@lru_cache(maxsize=_KEPT // 2)
def _prediction(
    deviations: Deviations,
    base: Reference,
    able: Able,
    recipe: Recipe,
    script: str,
    algorithms: Algorithms,
) -> Prediction:
    native = _answer(deviations, base, able, recipe, script)
    return _predict(deviations, base, able, recipe, script, algorithms, native)


def _predict(
    deviations: Deviations,
    base: Reference,
    able: Able,
    recipe: Recipe,
    script: str,
    algorithms: Algorithms,
    native: Answer,
) -> Prediction:
    rules = deviating(deviations, base)
    kind = coarser(tuple(d.name for d in deviations), algorithms)
    return predict(rules, able, recipe, script, kind, native, deviating=bool(deviations))
