"""Holds hypotheses against the evidence, and remembers what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bncheck.cases import Recipe
from bncheck.deviations import Reference
from bncheck.diagnosis.comparing import Comparison, compare, comparisons
from bncheck.diagnosis.hypothesis import Hypothesis, Observed
from bncheck.diagnosis.prediction import Prediction, coarser, sensitive
from bncheck.diagnosis.recall import Asked, answer_of, predicted_of
from bncheck.diagnosis.scripts import Answer
from bncheck.model import Ability
from bncheck.truth.rounding import Algorithms

# a case of more values than this costs as much as all the small ones
_LARGE = 2000


def _nearly(found: Sequence[Comparison]) -> bool:
    """Whether something contradicts, but nothing by far."""
    bad = [c for c in found if not c.holds]
    return bool(bad) and all(c.near for c in bad)


@dataclass(frozen=True)
class Court:
    """Judges hypotheses on the same evidence, and remembers what it judged.

    A memory is of hypotheses by their names, and of answers, which it keeps alive.
    """

    base: Reference
    able: frozenset[Ability]
    algorithms: Callable[[Recipe], Algorithms]
    evidence: tuple[Observed, ...]
    _compared: dict[Any, tuple[Observed, list[Comparison]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _answered: dict[Any, tuple[Observed, Answer]] = field(
        default_factory=dict, compare=False, repr=False
    )

    _refuted: dict[Any, Observed] = field(default_factory=dict, compare=False, repr=False)
    _latest: dict[Any, Prediction] = field(default_factory=dict, compare=False, repr=False)

    def on(self, evidence: Iterable[Observed]) -> Court:
        """The same court, with its memory, on some of the evidence or in another order."""
        return replace(self, evidence=tuple(evidence))

    def compare(self, hypothesis: Hypothesis, item: Observed) -> list[Comparison]:
        """Hold one answer against what the hypothesis predicts."""
        key = hypothesis.names, id(item)
        if key not in self._compared:
            fewer = hypothesis.but_for_the_last
            if fewer is not None and self._alike(hypothesis, fewer, item):
                found = self.compare(fewer, item)
            else:
                found = self._compare(hypothesis, item)
            found = [c for c in found if hypothesis.speaks_of(item, c.output)]
            self._compared[key] = item, found
        return self._compared[key][1]

    def _compare(self, hypothesis: Hypothesis, item: Observed) -> list[Comparison]:
        predicted = self._predicted(hypothesis, item)
        found = compare(item.answer, predicted)
        if not (hypothesis.deviations and _nearly(found)):
            return found
        algorithms = coarser(hypothesis.names, self.algorithms(item.recipe))
        asked = (self.able, item.recipe, item.script, algorithms)
        return compare(item.answer, sensitive(hypothesis.rules(self.base), *asked, predicted))

    def far(
        self,
        hypothesis: Hypothesis,
        item: Observed,
        wanted: Callable[[str], bool] = lambda name: True,
    ) -> bool:
        """Whether some output that is wanted contradicts by far, which ends most hypotheses.

        A closer look, as `compare` takes it, changes nothing about it, and outputs after the
        first such are not looked at.
        """
        key, fewer = (hypothesis.names, id(item)), hypothesis.but_for_the_last
        if key not in self._compared and fewer and self._alike(hypothesis, fewer, item):
            self.compare(hypothesis, item)
        if key in self._compared:
            found: Iterable[Comparison] = self._compared[key][1]
        else:
            found = comparisons(item.answer, self._predicted(hypothesis, item), wanted)
        told = any(
            not (c.holds or c.near) and wanted(c.output) and hypothesis.speaks_of(item, c.output)
            for c in found
        )
        if told:
            self._refuted[key] = item
        return told

    def _predicted(self, hypothesis: Hypothesis, item: Observed) -> Prediction:
        key = hypothesis.names, id(item)
        if key not in self._latest:
            native, algorithms = self.answered(hypothesis, item), self.algorithms(item.recipe)
            self._latest.clear()  # it is read twice in a row, and large
            self._latest[key] = predicted_of(self._asked(hypothesis, item), algorithms, native)
        return self._latest[key]

    def answered(self, hypothesis: Hypothesis, item: Observed) -> Answer:
        """What a target of this hypothesis would have answered, computed in the case's dtype."""
        key = hypothesis.names, id(item)
        if key not in self._answered:
            self._answered[key] = item, answer_of(self._asked(hypothesis, item))
        return self._answered[key][1]

    def _asked(self, hypothesis: Hypothesis, item: Observed) -> Asked:
        return Asked(hypothesis.deviations, self.base, self.able, item.recipe, item.script)

    def explains(self, hypothesis: Hypothesis, item: Observed) -> bool:
        """Whether nothing in one answer contradicts the hypothesis."""
        if (hypothesis.names, id(item)) in self._refuted or self.far(hypothesis, item):
            return False
        return all(c.holds for c in self.compare(hypothesis, item))

    def adds_nothing(self, more: Hypothesis, fewer: Hypothesis, item: Observed) -> bool:
        """Whether an answer that refutes a hypothesis of fewer deviations refutes more of them.

        This is what most deviations end at, at a third of the cost of a comparison.
        """
        return not self.explains(fewer, item) and self._alike(more, fewer, item)

    def _alike(self, more: Hypothesis, fewer: Hypothesis, item: Observed) -> bool:
        """Whether both predict the same: they answer the same numbers.

        A coarser class of algorithms is no other number, so such a one is never left out.
        """
        algorithms = self.algorithms(item.recipe)
        return coarser(more.names, algorithms) == coarser(
            fewer.names, algorithms
        ) and self.answered(more, item).same(self.answered(fewer, item))

    def refuted(self, more: Hypothesis, fewer: Hypothesis, at: Observed | None) -> bool:
        """Whether some answer contradicts; at: the smallest that refutes fewer deviations.

        There a quick look decides most often, even where it is larger than all that others need.
        """
        if at is not None and self.adds_nothing(more, fewer, at):
            return True
        return not all(self.explains(more, item) for item in self.evidence)

    def contradiction(self, hypothesis: Hypothesis) -> tuple[Observed, Comparison] | None:
        """The first answer that the hypothesis does not explain."""
        for item in self.evidence:
            for comparison in self.compare(hypothesis, item):
                if not comparison.holds:
                    return item, comparison
        return None

    def contradicting(self, hypothesis: Hypothesis) -> tuple[Observed, ...]:
        """All answers that the hypothesis does not explain."""
        return tuple(item for item in self.evidence if not self.explains(hypothesis, item))

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
        return self.on(ordered)
