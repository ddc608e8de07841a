"""What the catalogue's deviations answer on small cases is computed once in a process.

The panel is the same for every target, so a process that judges many would evaluate the same
deviations on the same cases again and again. Nothing is kept of deviations that were read off a
target's numbers, of those that toss coins, and of large cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bncheck.cases import Recipe
from bncheck.deviations import BY_NAME, Reference
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.memory import UNSTEADY
from bncheck.diagnosis.prediction import Prediction, answered, coarser, predict
from bncheck.diagnosis.scripts import Answer
from bncheck.model import Ability
from bncheck.truth.rounding import Algorithms

# measured: 2 kB for an answer to a case of at most so many values, 28 kB for a prediction with all
# its bounds; so all that is kept is below 100 MB
_SMALL, _ANSWERS, _PREDICTIONS = 256, 16384, 2048


@dataclass(frozen=True)
class Asked:
    """One script on one case, put to a target that deviates so and can do so much."""

    deviations: tuple[Deviation, ...]
    base: Reference
    able: frozenset[Ability]
    recipe: Recipe
    script: str

    @property
    def recurs(self) -> bool:
        """Whether other targets are held against the same answer."""
        return self.recipe.size <= _SMALL and all(
            BY_NAME.get(d.name) is d and d.name not in UNSTEADY for d in self.deviations
        )

    @property
    def rules(self) -> Reference:
        """Its rules; fresh ones."""
        return deviating(self.deviations, self.base)


def deviating(deviations: Iterable[Deviation], base: Reference) -> Reference:
    """The base with the deviations applied; fresh ones, as some deviations keep a memory."""
    for deviation in deviations:
        if deviation.change is not None:
            base = deviation.change(base)
    return base


def answer_of(asked: Asked) -> Answer:
    """Return what such a target answers, computed in the case's dtype."""
    return _kept_answer(asked) if asked.recurs else _answer(asked)


def predicted_of(asked: Asked, algorithms: Algorithms, native: Answer) -> Prediction:
    """Return what it is predicted to answer; native: what it answers in the case's dtype.

    algorithms: of a target that does not deviate
    """
    if asked.recurs:
        return _kept_prediction(asked, algorithms)
    return _prediction(asked, algorithms, native)


def _answer(asked: Asked) -> Answer:
    return answered(asked.rules, asked.able, asked.recipe, asked.script)


_kept_answer = lru_cache(maxsize=_ANSWERS)(_answer)


def _prediction(asked: Asked, algorithms: Algorithms, native: Answer) -> Prediction:
    kind = coarser(tuple(d.name for d in asked.deviations), algorithms)
    case = (asked.able, asked.recipe, asked.script)
    return predict(asked.rules, *case, kind, native, deviating=bool(asked.deviations))


@lru_cache(maxsize=_PREDICTIONS)
def _kept_prediction(asked: Asked, algorithms: Algorithms) -> Prediction:
    return _prediction(asked, algorithms, _kept_answer(asked))
