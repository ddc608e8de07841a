"""Recognising what a residual form normalizes: the sum, before or after it is rounded.

Entries of x are large or small. A quarter of the last place is lost of each large sum, away from
0, and nothing of the small ones: so entries tell whether the sum or the rounded one is normalized,
and the small ones by which root. With gamma = 1 it does not matter where casts are. Only entries
count of which each reading's y, within its bounds, is one number of x's format, and these differ;
all of them have to agree.

In float32 and float64 nothing is told: the arithmetic has the bits of x, and what rounding the sum
does to y is within what its other roundings may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.engine.casts import rounded
from bncheck.errors import TargetRaised
from bncheck.model import Case, Convention, Implementation
from bncheck.model.arrays import flatten, unflatten
from bncheck.model.formats import FLOAT32, Array, Format, format_of
from bncheck.trial.sums import Read, readings, summed
from bncheck.trial.trial import Guard, Inapplicable, Trial
from bncheck.truth.rounding import Algorithms

_TOLD = {
    "wide": "wide",
    "rounded": "rounded",
    "reread": "neither (the statistics are those of the wide sum, which is rounded after them)",
}


def residual(implementation: Implementation, guard: Guard, dtypes: Sequence[str]) -> str | None:
    """Return ``"wide"`` or ``"rounded"``, or a sentence for what reads both.

    As the first dtype of half precision shows it; None where there is none, or no residual form,
    or the values are those of no reading.
    """
    halves = (d for d in dtypes if format_of(d).precision < FLOAT32.precision)
    dtype = next(halves, None)
    if dtype is None or "residual" not in implementation.abilities:
        return None
    if not Algorithms.of(dtype, implementation.convention).finer:
        return None
    case = _case(implementation, dtype)
    if not implementation.domain.takes_gamma(case.gamma, case.gamma.dtype):
        return None
    # of what is promised, what it says of formats: the truth of a residual is what is looked for
    own = replace(Convention(), accumulates=implementation.convention.accumulates)
    trial = Trial(case, implementation, own, guard=guard)
    try:
        total = summed(trial, case.x, _lost(case.x))
        form = trial.make(case).residual
        if form is None:
            return None
        y = flatten(np.asarray(form(case.x, total.residual)[0], np.float64))
        before = replace(trial.algorithms(case), storage=trial.algorithms(case).accumulates)
        among = readings(trial, total, before)
    except (TargetRaised, Inapplicable):
        return None
    return _told({_TOLD[how]: among[how] for how in among}, y, format_of(dtype))


def _told(among: dict[str, Read], y: Array, storage: Format) -> str | None:
    """Return what alone has the values of y, where each way has but one, and these differ."""
    ends = {
        name: [rounded(read.y + side * read.bound, storage) for side in (-1, 1)]
        for name, read in among.items()
    }
    counted = np.logical_and.reduce([low == high for low, high in ends.values()])
    counted &= np.ptp([low for low, _ in ends.values()], axis=0) > 0
    same = [name for name, (low, _) in ends.items() if np.array_equal(low[counted], y[counted])]
    return same[0] if len(same) == 1 else None


def _case(implementation: Implementation, dtype: str) -> Case:
    domain = implementation.domain
    shape = domain.example(16, 4)
    recipe = Recipe(
        dtype=dtype,
        shape=shape,
        x=Values(digits=(1, -1)),
        dy=Values(digits=(1, -1)),
        gamma=(1.0,),
        beta=(0.0,),
        eps=domain.eps(1e-3),
        parameters=Algorithms.of(dtype, implementation.convention).parameters.name,
    )
    case = build(recipe, domain.norm)
    return replace(case, x=unflatten(_values(case).astype(case.x.dtype), shape), recipe=None)


def _values(case: Case) -> Array:
    """Every other entry is between 1 and 2, the others below 1/4, of both signs."""
    k = np.arange(case.m * case.channels).reshape(case.m, case.channels)
    size = (1 + (5 * k + k // 8) % 8 / 8) * np.where(_large(case.m), 1, 0.125)
    return np.asarray(size * np.where(k * 3 % 7 < 4, 1.0, -1.0))


def _large(m: int) -> Array:
    return np.asarray(np.arange(m)[:, None] % 2 == 0)


def _lost(x: Array) -> Array:
    """Return three quarters of the last place of large entries, 0 elsewhere: rounded, it is one."""
    flat = flatten(np.asarray(x, np.float64))
    place = 2.0 ** (1 - format_of(x.dtype).precision)
    added = np.where(_large(len(flat)), 0.75 * place * np.sign(flat), 0.0)
    return unflatten(added.astype(x.dtype), x.shape)
