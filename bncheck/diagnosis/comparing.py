"""Holding a target's answers against what a hypothesis predicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bncheck.diagnosis.prediction import Prediction
from bncheck.diagnosis.scripts import Answer, channels_last
from bncheck.model.formats import Array, format_of
from bncheck.truth.rounding import stored_bound

# what an answer of another kind than a number is
RAISED = "an error"

_NEAR = 1024


@dataclass(frozen=True)
class Comparison:
    """Of one output: per channel, whether the target is where the hypothesis says.

    agrees: ``(C,)`` bools; told: ``(C,)`` bools, whether the comparison could have failed there
    equal: ``(C,)`` bools, whether all is as predicted to the bit, None where that is not asked
    error, allowed: at the entry with the largest ratio of the two
    """

    output: str
    agrees: Array
    told: Array
    error: float = 0.0
    allowed: float = 0.0
    equal: Array | None = None

    @property
    def holds(self) -> bool:
        """Whether no channel contradicts."""
        return bool(self.agrees.all())

    @property
    def near(self) -> bool:
        """Whether what contradicts is off by so little that a closer look is worth its price.

        That costs three evaluations; what is off by more is refuted whatever rounding does.
        """
        return 0 < self.error <= _NEAR * self.allowed


def compare(answer: Answer, predicted: Prediction) -> list[Comparison]:
    """Compare all outputs of one script."""
    return list(comparisons(answer, predicted))


def comparisons(
    answer: Answer, predicted: Prediction, wanted: Callable[[str], bool] = lambda name: True
) -> Iterator[Comparison]:
    """Compare the outputs of one script that are wanted, each when it is asked for."""
    one = np.ones(1, bool)
    if _kind(answer.raised) != _kind(predicted.native.raised):
        yield Comparison(RAISED, ~one, one)
    elif answer.raised:
        yield Comparison(RAISED, one, one)
    for name, got in answer.outputs.items():
        native, wide = predicted.native.outputs.get(name), predicted.wide.outputs.get(name)
        if native is None or wide is None or not wanted(name):
            continue
        if got.shape != native.shape:
            yield Comparison(f"shape of {name}", ~one, one)
            continue
        bound = _own_rounding(got, native, wide, predicted.bounds.get(name))
        yield _numbers(name, got, native, wide, bound)


def _own_rounding(got: Array, native: Array, wide: Array, bound: Array | None) -> Array | None:
    """Allow a narrower answer its own rounding; of which dtype it is, is told by itself."""
    if bound is None or got.dtype == native.dtype:
        return bound
    allowed = np.asarray(bound, np.longdouble)
    return stored_bound(channels_last(wide), allowed, got.dtype, format_of(native.dtype))


def _kind(raised: str) -> str:
    """No error, an output of another shape, or an error of whatever type."""
    return raised if raised in ("", "shape") else "an exception"


def _numbers(
    name: str, got_array: Array, native_array: Array, wide_array: Array, bound: Array | None
) -> Comparison:
    got, native, wide = (channels_last(a) for a in (got_array, native_array, wide_array))
    with np.errstate(all="ignore"):
        noise = np.abs(native - wide)
        allowed = noise if bound is None else noise + np.asarray(bound, np.longdouble)
        error = np.abs(got - wide)
        same = (got == native) | (np.isnan(got) & np.isnan(native)) | (got == wide)
        finite = np.isfinite(got)
        # where the hypothesis is not finite, in either dtype, a finite answer contradicts it;
        # where no promise is made about a finite one, nothing is told
        broken = ~np.isfinite(native) & ~np.isfinite(wide)
        inside = same | (error <= allowed) | (~finite & broken)
        told = np.isfinite(allowed) | broken
        agrees = inside | ~told
        agrees = agrees & ~(broken & finite)
        ratio = np.where(finite & np.isfinite(allowed) & ~same, error / allowed, 0)
        # a number for what is none, or the reverse, is off by more than any bound
        ratio = np.where(~agrees & ~(finite & np.isfinite(wide)), np.inf, ratio)
        error = np.where(np.isinf(ratio), np.inf, error)
    at = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    return Comparison(
        name,
        agrees.all(axis=0),
        told.any(axis=0),
        float(error[at]),
        float(allowed[at]),
        same.all(axis=0),
    )
