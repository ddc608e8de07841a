"""What is fitted: an output on one case, the pass of right rules there, and room for rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.deviations import Reference
from bncheck.deviations.layer import open_layer
from bncheck.deviations.passes import Pass, filled
from bncheck.diagnosis.court import Court
from bncheck.diagnosis.hypothesis import Observed
from bncheck.diagnosis.prediction import lent, predict
from bncheck.diagnosis.scripts import channels_last, run
from bncheck.model.arrays import as_wide
from bncheck.model.formats import Array, format_of

# so many small cases are enough to read factors off; the court hears all of them afterwards
_MOST, _LARGE = 48, 2000
# where only large ones show anything, those up to this size are read as well
_HUGE = 20000


@dataclass(frozen=True)
class Sample:
    """One output of one case, channels first: ``(C, m)``, or ``(C, 1)`` for a number a channel.

    p: the pass that right rules make of the case, in a wide dtype, with the cotangent
    got: what the target answered; right: what is right; room: what rounding may do to it
    """

    item: Observed
    p: Pass
    got: Array
    right: Array
    room: Array

    @property
    def wrong(self) -> bool:
        """Whether a right target would not have answered so."""
        return bool((np.abs(self.got - self.right) > self.room).any())


def samples(court: Court, rules: Reference, output: str, *, large: bool = False) -> list[Sample]:
    """All small cases, or all large ones, on which an output is finite, and its terms are."""
    found: list[Sample] = []
    low, high = (_LARGE, _HUGE) if large else (-1, _LARGE)
    for item in _between(court.evidence, low, high):
        if output in item.answer.outputs and len(found) < _MOST:
            found += _sample(court, rules, item, output)
    return found


def _between(items: Sequence[Observed], low: int, high: int) -> list[Observed]:
    some = (item for item in items if low < item.recipe.size <= high)
    return sorted(some, key=lambda item: item.recipe.size)


def _sample(court: Court, rules: Reference, item: Observed, output: str) -> Iterator[Sample]:
    predicted = predict(rules, court.able, item.recipe, item.script, court.algorithms(item.recipe))
    wide, native = (a.outputs.get(output) for a in (predicted.wide, predicted.native))
    given, bound = item.answer.outputs[output], predicted.bounds.get(output)
    if wide is None or native is None or bound is None or wide.shape != given.shape:
        return
    p = _passed(court, rules, item)
    if p is None:
        return
    with np.errstate(all="ignore"):
        got, right, rounded = (channels_last(a).T for a in (given, wide, native))
        form = format_of(given.dtype)
        room = np.abs(rounded - right) + np.asarray(bound, np.longdouble).T
        room = room + 2 * (form.unit_roundoff * np.abs(got) + form.half_subnormal)
    if all(bool(np.isfinite(a).all()) for a in (got, right, room)):
        yield Sample(item, p, got, right, np.broadcast_to(room, got.shape))


def _passed(court: Court, rules: Reference, item: Observed) -> Pass | None:
    """The latest pass of the script's rules, with the cotangent in it."""
    with lent(item.recipe) as (_, wider):
        layer, latest = open_layer(rules, wider)
        run(item.script, layer, court.able, wider)
        p = latest()
        dy: Any = np.asarray(channels_last(as_wide(wider.dy, np.longdouble)).T, wider.x.dtype)
        return None if p is None or p.x.shape != dy.shape else filled(p, dy=dy.copy())
