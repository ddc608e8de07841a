"""Looking for the deviations, or the pair of them, that the evidence does not contradict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bncheck.cases import Recipe
from bncheck.deviations import DEVIATIONS, Reference
from bncheck.diagnosis.comparing import Comparison, compare
from bncheck.diagnosis.prediction import answered, coarser, predict
from bncheck.diagnosis.scripts import Answer
from bncheck.model import Ability, Deviation
from bncheck.rounding import Algorithms

# one of a pair is looked for among so many deviations that explain the most, on so many cases
_PARTIAL, _PARTIAL_CASES = 4, 6
# a case of more values than this costs as much as all the small ones
_LARGE = 2000


@dataclass(frozen=True)
class Observed:
    """What a target answered to one script on one case."""

    recipe: Recipe
    script: str
    answer: Answer


@dataclass(frozen=True)
class Hypothesis:
    """Deviations, in the order in which they are made; none stands for a right target."""

    deviations: tuple[Deviation, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the deviations."""
        return tuple(d.name for d in self.deviations)

    def rules(self, base: Reference) -> Reference:
        """The base with the deviations applied; fresh ones, as some deviations keep a memory."""
        for deviation in self.deviations:
            if deviation.change is not None:
                base = deviation.change(base)
        return base


@dataclass(frozen=True)
class Court:
    """Judges hypotheses on the same evidence."""

    base: Reference
    able: frozenset[Ability]
    algorithms: Callable[[Recipe], Algorithms]
    evidence: tuple[Observed, ...]

    def compare(self, hypothesis: Hypothesis, item: Observed) -> list[Comparison]:
        """Hold one answer against what the hypothesis predicts."""
        algorithms = coarser(hypothesis.names, self.algorithms(item.recipe))
        rules = hypothesis.rules(self.base)
        return compare(item.answer, predict(rules, self.able, item.recipe, item.script, algorithms))

    def contradiction(self, hypothesis: Hypothesis) -> tuple[Observed, Comparison] | None:
        """The first answer that the hypothesis does not explain."""
        for item in self.evidence:
            for comparison in self.compare(hypothesis, item):
                if not comparison.holds:
                    return item, comparison
        return None

    def contradicting(self, hypothesis: Hypothesis) -> tuple[Observed, ...]:
        """All answers that the hypothesis does not explain."""
        return tuple(item for item in self.evidence if not _explains(self, hypothesis, item))

    def tells(self, hypothesis: Hypothesis, wrong: Sequence[Observed]) -> bool:
        """Whether a hypothesis says what some wrong number should be.

        One that promises nothing wherever a number is wrong is contradicted by none, and explains
        none. wrong: answers that a right target would not have given
        """
        for item in wrong:
            mine = {
                c.output: c.told if c.equal is None else c.told | c.equal
                for c in self.compare(hypothesis, item)
            }
            for right in self.compare(Hypothesis(), item):
                # where the right answer is wrong in kind, such as its dtype, this one is not
                told = mine.get(right.output, np.ones_like(right.agrees))
                if told.shape == right.agrees.shape and (told & ~right.agrees).any():
                    return True
        return False

    def sorted(self, first: Sequence[Observed]) -> Court:
        """The same court, ordered so that wrong hypotheses end early and cheaply.

        ``first``, as far as its cases are small, then the other small ones, then large ones.
        """
        chosen = {id(item) for item in first}
        ordered = sorted(
            self.evidence, key=lambda item: (item.recipe.size > _LARGE, id(item) not in chosen)
        )
        return Court(self.base, self.able, self.algorithms, tuple(ordered))


CANDIDATES = tuple(d for d in DEVIATIONS if not d.dangerous and d.change is not None)


def singles(court: Court, candidates: Iterable[Deviation]) -> Iterator[Hypothesis]:
    """Single deviations that nothing contradicts."""
    for deviation in candidates:
        hypothesis = Hypothesis((deviation,))
        if court.contradiction(hypothesis) is None:
            yield hypothesis


def pairs(
    court: Court, wrong: Sequence[Observed], candidates: Sequence[Deviation]
) -> Iterator[Hypothesis]:
    """Pairs that nothing contradicts: a deviation that explains a part, and any other.

    The other may explain nothing by itself, as where it shows only in what the first spoils.
    wrong: answers that a right target would not have given
    """
    few = Court(court.base, court.able, court.algorithms, tuple(_spread(wrong)))
    before = [_before(few, item) for item in few.evidence]
    scored = [(_gain(few, before, deviation), deviation) for deviation in candidates]
    scored.sort(key=lambda pair: -pair[0])
    for _, first in [pair for pair in scored[:_PARTIAL] if pair[0] > 0]:
        left = [o for o in few.evidence if not _explains(court, Hypothesis((first,)), o)]
        ordered = court.sorted(left)
        found = False
        for second in candidates:
            hypothesis = Hypothesis((first, second))
            if second is not first and ordered.contradiction(hypothesis) is None:
                found = True
                yield hypothesis
        if found:
            return


def _explains(court: Court, hypothesis: Hypothesis, item: Observed) -> bool:
    return all(c.holds for c in court.compare(hypothesis, item))


def _spread(items: Sequence[Observed]) -> list[Observed]:
    """A few answers, of different scripts and cases, small ones."""
    small = [item for item in items if item.recipe.size <= 200] or list(items[:1])
    stride = max(1, len(small) // _PARTIAL_CASES)
    return small[::stride][:_PARTIAL_CASES]


def _units(comparisons: Sequence[Comparison]) -> Mapping[tuple[str, int], bool]:
    return {
        (c.output, channel): bool(agrees)
        for c in comparisons
        for channel, agrees in enumerate(c.agrees)
    }


@dataclass(frozen=True)
class _Before:
    """An answer of the target's: what a right one would be, and where that agrees with it."""

    item: Observed
    right: Answer
    agrees: Mapping[tuple[str, int], bool]


def _before(court: Court, item: Observed) -> _Before:
    right = answered(court.base, court.able, item.recipe, item.script)
    return _Before(item, right, _units(court.compare(Hypothesis(), item)))


def _gain(court: Court, before: Sequence[_Before], deviation: Deviation) -> float:
    """How many outputs' channels it explains that were not, less those that it spoils."""
    total = 0.0
    hypothesis = Hypothesis((deviation,))
    for known in before:
        item, old = known.item, known.agrees
        rules = hypothesis.rules(court.base)
        if answered(rules, court.able, item.recipe, item.script).same(known.right):
            continue  # it does not show here; this is most of them, and cheaper than to compare
        new = _units(court.compare(hypothesis, item))
        total += sum(new.get(unit, False) - held for unit, held in old.items() if not held)
        total -= sum(held - new.get(unit, False) for unit, held in old.items() if held) / 4
    return total
