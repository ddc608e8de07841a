"""Looking for the deviations, or the pair of them, that the evidence does not contradict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from bncheck.deviations import DEVIATIONS
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis.comparing import Comparison
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Hypothesis, Observed

# one of a pair is looked for among so many deviations that explain the most, on so many cases
_PARTIAL, _PARTIAL_CASES = 4, 6
# so many answers that the first does not explain are what every second is held against first
_LEFT = 3


CANDIDATES = tuple(d for d in DEVIATIONS if not d.dangerous and d.change is not None)


def singles(
    court: Court, wrong: Sequence[Observed], candidates: Iterable[Deviation]
) -> Iterator[Hypothesis]:
    """Single deviations that nothing contradicts; wrong: answers that refute a right target."""
    at = _smallest(wrong)
    for deviation in candidates:
        hypothesis = Hypothesis((deviation,))
        if not court.refuted(hypothesis, Hypothesis(), at):
            yield hypothesis


def pairs(
    court: Court, wrong: Sequence[Observed], candidates: Sequence[Deviation]
) -> Iterator[list[Hypothesis]]:
    """Pairs that nothing contradicts, by the first: it explains a part, the other is any.

    The other may explain nothing by itself, as where it shows only in what the first spoils.
    wrong: answers that a right target would not have given
    """
    few = court.on(_spread(wrong))
    scored = [(_gain(few, deviation), deviation) for deviation in candidates]
    scored.sort(key=lambda pair: -pair[0])
    for _, first in [pair for pair in scored[:_PARTIAL] if pair[0] > 0]:
        alone = Hypothesis((first,))
        left = list(islice(_left(court, alone, wrong), _LEFT))
        ordered, at = court.sorted(left), _smallest(left)
        both = [Hypothesis((first, second)) for second in candidates if second is not first]
        yield [h for h in both if not ordered.refuted(h, alone, at)]


def _smallest(items: Sequence[Observed]) -> Observed | None:
    return min(items, key=lambda item: item.recipe.size, default=None)


def _left(court: Court, alone: Hypothesis, wrong: Sequence[Observed]) -> Iterator[Observed]:
    """Answers that a deviation does not explain: of those that are wrong, then of the others."""
    known = {id(item) for item in wrong}
    others = (item for item in court.evidence if id(item) not in known)
    return (item for item in (*wrong, *others) if not court.explains(alone, item))


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


def _gain(court: Court, deviation: Deviation) -> float:
    """How many outputs' channels it explains that were not, less those that it spoils."""
    total = 0.0
    right, hypothesis = Hypothesis(), Hypothesis((deviation,))
    for item in court.evidence:
        if court.answered(hypothesis, item).same(court.answered(right, item)):
            continue  # it does not show here; this is most of them, and cheaper than to compare
        old, new = (_units(court.compare(h, item)) for h in (right, hypothesis))
        total += sum(new.get(unit, False) - held for unit, held in old.items() if not held)
        total -= sum(held - new.get(unit, False) for unit, held in old.items() if held) / 4
    return total
