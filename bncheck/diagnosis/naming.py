"""From hypotheses that nothing contradicts to causes, with what speaks for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bncheck.deviations import BY_NAME
from bncheck.deviations.deviation import Deviation
from bncheck.diagnosis import facts, telling
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.failures import Key, SharedFailures
from bncheck.diagnosis.hypothesis import Hypothesis, Observed, called
from bncheck.diagnosis.outcome import Cause, Diagnosis
from bncheck.diagnosis.partial import Share, wrong_outputs
from bncheck.diagnosis.pattern import dtypes, narrowing
from bncheck.diagnosis.search import CANDIDATES

# Families of laws that compare bits or behaviour.
_TO_THE_BIT = "XP"
# constants of the catalogue's own
_OWN = re.compile(r"\d{2,}|\de-\d")


def partly(
    court: Court,
    pattern: SharedFailures,
    wrong: Sequence[Observed],
    found: Sequence[Share],
    sizes: Sequence[str],
) -> Diagnosis:
    """Name what explains outputs one by one, and say what narrows the rest down."""
    explained = tuple(output for share in found for output in share.outputs)
    left = tuple(o for o in wrong_outputs(court, wrong) if o not in explained)
    notes = [telling.remainder(explained, left)] if found else []
    if pattern.subject.domain.norm.name == "batch":  # of its channels, batches and factors
        notes += narrowing(court, wrong, explained, pattern.beside)
    notes += sizes
    tried = pattern.subject.decided
    every = pattern.subject.parameters if tried is None else tried
    notes += dtypes((f.dtype for f in pattern.failures), every)
    causes = tuple(_of_outputs(pattern, share) for share in found)
    return Diagnosis(tuple(c for c in causes if c.explains), tuple(notes))


def _of_outputs(pattern: SharedFailures, share: Share) -> Cause:
    """What is told of a deviation that explains some outputs, and which failures it explains.

    Alone, or with those on top of which it was found, without what those explain.
    """
    before = Hypothesis(share.hypothesis.deviations[:-1])
    keys = pattern.all_explained(Hypothesis((share.deviation,)))
    if not keys and before.deviations:
        known = pattern.all_explained(before)
        keys = tuple(k for k in pattern.all_explained(share.hypothesis) if k not in known)
    names = [called(name) for name in before.names]
    told = telling.share(share.outputs, share.cases, names, share.alike)
    says = f"{share.deviation.says}; {told}"
    deviation = share.deviation
    return Cause(called(deviation.name), keys, says, share.outputs, _does(deviation))


def _does(deviation: Deviation) -> str:
    """What a deviation does in the catalogue's words; nothing where they are not this one's.

    A number in them is the catalogue's own: that of one that was read off is in its text.
    """
    entry = BY_NAME.get(called(deviation.name))
    if entry is None or (entry.says != deviation.says and _OWN.search(entry.says)):
        return ""
    return entry.says


def told(
    court: Court,
    pattern: SharedFailures,
    wrong: Sequence[Observed],
    found: Sequence[Hypothesis],
    notes: tuple[str, ...] = (),
) -> Diagnosis:
    """Name the best of hypotheses that nothing contradicts, with what else it leaves."""
    explained = {h.names: pattern.all_explained(h) for h in found}
    found = [h for h in found if explained[h.names]]  # a cause of nothing is none
    if not found:
        return Diagnosis(notes=(*notes, *narrowing(court, wrong, beside=pattern.beside)))
    alike = {h.names: facts.identical(court, h, wrong) for h in found}
    ranked = sorted(found, key=lambda h: (-len(explained[h.names]), -alike[h.names]))
    best = _plainer(ranked)
    most = len(explained[best.names])
    named = " and ".join(map(called, best.names))
    equal = (h for h in ranked[1:] if len(explained[h.names]) == most)
    others = dict.fromkeys(" and ".join(map(called, h.names)) for h in equal)
    others.pop(named, None)  # the same with another constant
    text = facts.evidence(court, best, wrong, list(others))
    causes = [
        Cause(called(d.name), keys, f"{d.says}; {text}", says=_does(d))
        for d, keys in zip(best.deviations, _shares_of(pattern, best), strict=True)
    ]
    causes.sort(key=lambda cause: -len(cause.explains))
    if len(best.deviations) == 1:
        causes += _beside(pattern, best, explained[best.names])
    return Diagnosis(tuple(causes), notes)


def _shares_of(pattern: SharedFailures, found: Hypothesis) -> tuple[tuple[Key, ...], ...]:
    """What each deviation explains: alone, or only with the other, or not without the other.

    The last where the failing cases show one of them only; the numbers are wrong without either.
    """
    if len(found.deviations) == 1:
        return (pattern.all_explained(found),)
    alone = [pattern.all_explained(Hypothesis((d,))) for d in found.deviations]
    both = pattern.all_explained(found)
    rest = [[k for k in both if k not in other] for other in reversed(alone)]
    return tuple(own or tuple(more) or both for own, more in zip(alone, rest, strict=True))


# A deviation that is another one and something more is named where the other is contradicted.
_MORE = {"one-pass-variance-clamped": "one-pass-variance"}


def _plainer(ranked: Sequence[Hypothesis]) -> Hypothesis:
    """The best, or one beside it that says less and is not contradicted either."""
    best = ranked[0]
    less = tuple(_MORE.get(name, name) for name in best.names)
    return next((h for h in ranked if h.names == less), best)


def _beside(pattern: SharedFailures, best: Hypothesis, explained: Sequence[Key]) -> Iterator[Cause]:
    """Name a second cause, of failures that the first one leaves and no plain answer shows.

    Only of laws that compare bits or behaviour: where a bound is exceeded besides, the first may
    have made rounding errors larger than they are in the one arithmetic that it is tried in.
    """
    left = [f for f in pattern.failures if f.key not in explained]
    if not all(f.law[0] in _TO_THE_BIT for f in left):
        return
    second = pattern.adding(best, left, filter(pattern.subject.may, CANDIDATES))
    if second is not None:
        keys = tuple(f.key for f in left)
        told = telling.beside([called(name) for name in best.names], keys)
        yield Cause(called(second.name), keys, f"{second.says}; {told}", says=_does(second))
