"""Which outputs a deviation reproduces, where no deviation reproduces all that a target answers.

Explanations are looked for output by output: dx may be that of a known mistake although y has
another that nobody has named. One that merely fits is not enough: an output is a deviation's if
it is so on all cases that have it, and on more than a handful of fresh ones it is also not what
a right target would give. Sums in half precision, a class of algorithms rather than a function,
come so close to anything that some outputs are no evidence of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bncheck.cases import Recipe
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.comparing import RAISED, Comparison
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed, called
from bncheck.diagnosis.prediction import coarser
from bncheck.model.formats import FLOAT32
from bncheck.truth.rounding import Algorithms

# what is read off an output may need what was read off another before, as dx needs y
_ROUNDS = 4

# so many fresh cases must show an output wrong and as a deviation makes it
ENOUGH = 6


@dataclass(frozen=True)
class Share:
    """Outputs that are, on every case, those of a deviation, alone or on top of others.

    cases: fresh ones on which they are so and a right target's differ, at the output with the
    fewest; alike: names of deviations that reproduce the same outputs
    """

    hypothesis: Hypothesis
    outputs: tuple[str, ...]
    cases: int
    alike: tuple[str, ...] = ()

    @property
    def deviation(self) -> Deviation:
        """The deviation that is named."""
        return self.hypothesis.deviations[-1]


@dataclass(frozen=True)
class _Question:
    """What made this output? The first items are those that its base does not explain."""

    output: str
    base: Hypothesis
    items: tuple[Observed, ...]


def subject(output: str) -> str:
    """What an output is: that of a second step is explained together with that of the first."""
    return output.removeprefix("second ")


def wrong_outputs(court: Court, wrong: Sequence[Observed]) -> tuple[str, ...]:
    """Outputs that a right target would not have given, as numbers."""
    names = (
        subject(c.output)
        for item in wrong
        for c in court.compare(Hypothesis(), item)
        if not c.holds and c.output != RAISED and c.output in item.answer.outputs
    )
    return tuple(dict.fromkeys(names))


Reading = Callable[[Court, Hypothesis, str], Iterable[Deviation]]


def shares(
    court: Court,
    wrong: Sequence[Observed],
    candidates: Sequence[Deviation],
    fresh: Collection[Recipe],
    reading: Reading = lambda court, base, output: (),
) -> tuple[Share, ...]:
    """Explain as many outputs as can be: each alone, then on top of what was found so far.

    reading: makes further candidates of the numbers of an output, on top of what was found
    """
    found: list[Share] = []
    left = wrong_outputs(court, wrong)
    classes = [court.algorithms(item.recipe) for item in wrong[:1]]  # all are of one dtype
    candidates = [d for d in candidates if not any(in_half(d, c) for c in classes)]
    for _ in range(_ROUNDS):
        base = Hypothesis(tuple(share.deviation for share in found))
        questions = [_question(court, base, output) for output in left]
        read = [d for output in left for d in reading(court, base, output)]
        new = list(_round(court, questions, [*candidates, *read], fresh))
        found += new
        left = tuple(o for o in left if not any(o in share.outputs for share in new))
        if not new or not left:
            break
    return tuple(found)


def _question(court: Court, base: Hypothesis, output: str) -> _Question:
    items = [i for i in court.evidence if any(subject(o) == output for o in i.answer.outputs)]
    kept = {id(i): all(c.holds for c in _of(court, base, i, output)) for i in items}
    ordered = sorted(items, key=lambda i: (kept[id(i)], i.recipe.size))
    return _Question(output, base, tuple(ordered))


def _of(court: Court, hypothesis: Hypothesis, item: Observed, output: str) -> list[Comparison]:
    return [c for c in court.compare(hypothesis, item) if subject(c.output) == output]


def _round(
    court: Court,
    questions: Sequence[_Question],
    candidates: Sequence[Deviation],
    fresh: Collection[Recipe],
) -> Iterator[Share]:
    """Take the deviation that explains the most of what is left, until none explains any."""
    known = [_known(court, questions, deviation, fresh) for deviation in candidates]
    left = {question.output for question in questions}
    while left:
        scores = [(len(left & told.keys()), -_spoiled(court, h, told)) for h, told in known]
        best = max(scores, default=(0, 0))
        if not best[0]:
            return
        (first, told), *others = [
            k for k, score in zip(known, scores, strict=True) if score == best
        ]
        outputs = tuple(o for o in told if o in left)
        same = (h.deviations[-1].name for h, other in others if set(outputs) <= other.keys())
        alike = [name for name in same if called(name) == name]
        yield Share(first, outputs, min(told[o] for o in outputs), tuple(alike))
        left -= set(outputs)


_Known = tuple[Hypothesis, dict[str, int]]


def _known(
    court: Court,
    questions: Sequence[_Question],
    deviation: Deviation,
    fresh: Collection[Recipe],
) -> _Known:
    """The outputs that a deviation reproduces, with the number of cases that show it."""
    hypothesis, told = Hypothesis((deviation,)), {}
    for question in questions:
        if deviation not in question.base.deviations:
            hypothesis = Hypothesis((*question.base.deviations, deviation))
            cases = _reproduced(court, hypothesis, question, fresh)
            if cases >= ENOUGH and not _ruins(court, hypothesis, question):
                told[question.output] = cases
    return hypothesis, told


def _ruins(court: Court, hypothesis: Hypothesis, question: _Question) -> bool:
    """Whether it makes wrong what the target has right.

    Then it says too much: of both modes where only one is wrong, of eps where only dx has another.
    """
    for item in court.evidence:
        kept = {c.output for c in court.compare(question.base, item) if c.holds}
        if any(not c.holds and c.output in kept for c in court.compare(hypothesis, item)):
            return True
    return False


def _reproduced(
    court: Court, hypothesis: Hypothesis, question: _Question, fresh: Collection[Recipe]
) -> int:
    """On how many fresh cases the output is wrong and as the hypothesis says; 0 if not on all."""
    if not question.items or _adds_nothing(court, hypothesis, question):
        return 0
    shown, adds = set(), False
    for item in question.items:
        if not hypothesis.speaks_of(item, question.output):
            continue
        if court.far(hypothesis, item, lambda name: subject(name) == question.output):
            return 0
        mine = _of(court, hypothesis, item, question.output)
        if not mine or not all(c.holds for c in mine):
            return 0
        right, before = (
            {c.output: c for c in _of(court, h, item, question.output)}
            for h in (Hypothesis(), question.base)
        )
        adds = adds or any(_tells(c, before.get(c.output)) for c in mine)
        if item.recipe in fresh and any(_tells(c, right.get(c.output)) for c in mine):
            shown.add(item.recipe)
    # what it is made on top of may have shown as much
    return len(shown) if adds else 0


def _adds_nothing(court: Court, hypothesis: Hypothesis, question: _Question) -> bool:
    """Whether it answers, where the base is refuted, as the base does; see `Court`."""
    base, output = question.base, question.output
    item = next((i for i in question.items if hypothesis.speaks_of(i, output)), question.items[0])
    algorithms = court.algorithms(item.recipe)
    if coarser(hypothesis.names, algorithms) != coarser(base.names, algorithms):
        return False
    mine, before = (court.answered(h, item).outputs for h in (hypothesis, base))
    names = [name for name in item.answer.outputs if subject(name) == question.output]
    return all(
        name in mine and name in before and mine[name].tobytes() == before[name].tobytes()
        for name in names
    )


def in_half(deviation: Deviation, algorithms: Algorithms) -> bool:
    """Return whether it means sums in a half format, in a target that makes them in a wider one."""
    precision = coarser((deviation.name,), algorithms).accumulates.precision
    return precision < min(FLOAT32.precision, algorithms.accumulates.precision)


def _tells(mine: Comparison, right: Comparison | None) -> bool:
    """Whether a right target's answer differs somewhere where the hypothesis says something."""
    if right is None or right.agrees.shape != mine.told.shape:
        return False
    return bool(np.any(mine.told & right.told & ~right.agrees))


def _spoiled(court: Court, hypothesis: Hypothesis, told: dict[str, int]) -> int:
    """How many other outputs it gets wrong that the target has right, on the first cases."""
    if not told:
        return 0
    spoiled = set()
    for item in court.evidence[:ENOUGH]:
        right = {c.output for c in court.compare(Hypothesis(), item) if c.holds}
        wrong = {c.output for c in court.compare(hypothesis, item) if not c.holds}
        spoiled |= right & wrong
    return len(spoiled)
