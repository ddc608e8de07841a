"""Failures of laws, and which of them a hypothesis shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bncheck.cases import Recipe
from bncheck.deviations import implementation
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis
from bncheck.diagnosis.partial import in_half
from bncheck.model import Ability, Convention, Domain, Implementation
from bncheck.model.formats import format_of
from bncheck.truth.rounding import Algorithms

# So many laws, with the case that each failed on, are tried on every deviation where values
# tell nothing.
_LAWS_FIRST = 2

# Deviations that are another convention: they are wrong only where this one is promised.
PROMISES = {
    "folded-output": "output",
    "gradients-overwritten": "gradients",
    "gradients-added-up": "gradients",
    "momentum-inverted": "momentum_weighs",
    "running-var-biased": "running_var",
}

# Laws about calls that no script makes: what is held against the answers there is one number.
NOT_ASKED = frozenset({"P14", "N11", "N12", "N13"})

# Laws about several calls of which no script makes one: which of them differs is all that tells.
OF_CALLS = frozenset({"P04"})

Key = tuple[str, str]
Laws = Sequence[str]
Measure = Callable[
    [Implementation, Convention, Mapping[str, Any], Laws], Sequence[Mapping[str, Any]]
]


@dataclass(frozen=True)
class Failure:
    """A law that failed, or ended in an error, in a dtype, and a case on which it did.

    shown: the numbers that show it; unsteady: asked again on this case, the target answered well
    what, got: the entry that is furthest off, and what the target answered there
    """

    law: str
    dtype: str
    recipe: Recipe | None
    shown: str = ""
    unsteady: bool = False
    what: str = ""
    got: float = math.nan

    @property
    def key(self) -> Key:
        """Law and dtype."""
        return self.law, self.dtype


@dataclass(frozen=True)
class Subject:
    """What is known of a target, as plain values: it may live in another process.

    convention: its promises, completed by what was observed; parameters: dtype of gamma by x's
    promised: what of the convention it promised itself, or None where that is all of it
    decided: dtypes in which some law was, or None where that is all of them
    """

    abilities: frozenset[Ability]
    convention: Convention
    domain: Domain
    parameters: Mapping[str, str]
    promised: frozenset[str] | None = None
    decided: frozenset[str] | None = None

    def may(self, deviation: Deviation) -> bool:
        """Whether it may be said of the target: nobody breaks a promise that was not made."""
        if self.domain.norm.name not in deviation.norms:
            return False
        key = PROMISES.get(deviation.name)
        return key is None or self.promised is None or key in self.promised

    def algorithms(self, recipe: Recipe) -> Algorithms:
        """The class of algorithms that is expected of it on a case."""
        found = Algorithms.of(recipe.dtype, self.convention)
        kept = format_of(recipe.parameters or recipe.dtype)
        return Algorithms(found.storage, kept, found.accumulates, found.variance)


def _alike(failure: Failure, result: Mapping[str, Any]) -> bool:
    """Whether a law fails in the same way, as far as that is not seen in answers to scripts.

    Two right algorithms of one formula are apart by the bound of each at most.
    """
    if failure.law in OF_CALLS:
        return _call(failure.what) == _call(str(result["what"]))
    if failure.law not in NOT_ASKED:
        return True
    apart = abs(failure.got - result["got"])
    return bool(failure.what == result["what"] and apart <= 2 * result["bound"])


def _call(what: str) -> str:
    """Return which call it is, without the entry that is furthest off there."""
    return what.partition("[")[0]


@dataclass(frozen=True)
class SharedFailures:
    """Which laws fail where: a deviation that is the cause makes them fail as well."""

    subject: Subject
    court: Court
    failures: Sequence[Failure]
    measure: Measure
    _known: dict[tuple[str, ...], tuple[Key, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def beside(self) -> list[Recipe]:
        """The cases on which laws fail whose calls no script makes."""
        return [f.recipe for f in self.failures if f.law in NOT_ASKED and f.recipe is not None]

    def all_explained(self, hypothesis: Hypothesis) -> tuple[Key, ...]:
        """Of all failures, those that an implementation with these deviations shares."""
        if hypothesis.names not in self._known:
            self._known[hypothesis.names] = self.explained(hypothesis, self.failures)
        return self._known[hypothesis.names]

    def explained(self, hypothesis: Hypothesis, of: Sequence[Failure]) -> tuple[Key, ...]:
        """The failures that an implementation with these deviations shares."""
        rules = hypothesis.rules(self.court.base)
        norm = self.subject.domain.norm
        made = implementation(rules, "hypothesis", self.subject.convention, norm)
        by_case: dict[Recipe, list[Failure]] = {}
        for failure in of:
            if failure.recipe is not None:
                by_case.setdefault(failure.recipe, []).append(failure)
        # laws that failed on the same case share its plain run and its truth
        shared = {
            f for recipe, those in by_case.items() for f in self._failing(made, recipe, those)
        }
        return tuple(f.key for f in of if f in shared)

    def _failing(
        self, made: Implementation, recipe: Recipe, failures: Sequence[Failure]
    ) -> Iterator[Failure]:
        laws = [failure.law for failure in failures]
        results = self.measure(made, self.subject.convention, recipe.plain(), laws)
        for failure, result in zip(failures, results, strict=True):
            if result["status"] == "raised" or (result.get("fails") and _alike(failure, result)):
                yield failure

    def explaining(self, candidates: Iterable[Any]) -> list[Hypothesis]:
        """Deviations that share the smallest failures."""
        known = [f for f in self.failures if f.recipe is not None and not f.unsteady]
        known.sort(key=lambda f: 0 if f.recipe is None else f.recipe.size)
        first = known[:_LAWS_FIRST]
        hypotheses = (Hypothesis((deviation,)) for deviation in candidates)
        return [h for h in hypotheses if first and len(self.explained(h, first)) == len(first)]

    def adding(
        self, best: Hypothesis, left: Sequence[Failure], candidates: Iterable[Deviation]
    ) -> Deviation | None:
        """Find the deviation that, beside others, makes all these failures and no answer wrong.

        Sums in half precision are so far off that hardly any answer speaks against them: they are
        not looked for.
        """
        if not left or any(f.recipe is None or f.unsteady for f in left):
            return None
        smallest = min(left, key=lambda f: 0 if f.recipe is None else f.recipe.size)
        algorithms = self.subject.algorithms(smallest.recipe) if smallest.recipe else None
        for deviation in candidates:
            if algorithms is not None and in_half(deviation, algorithms):
                continue
            both = Hypothesis((*best.deviations, deviation))
            if (
                deviation not in best.deviations
                and self.explained(both, [smallest])
                and len(self.explained(both, left)) == len(left)
                and self.court.contradiction(both) is None
            ):
                return deviation
        return None
