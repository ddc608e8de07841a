"""Recognising where a layer of half precision rounds: once, at the end, or before gamma, too.

gamma has few bits and is no power of two, so that ``round(gamma xhat)`` and ``round(gamma
round(xhat))`` differ in about a quarter of all values. Of those, only values count whose two
predictions stay what they are within the bounds on xhat; all of these have to agree.

What multiplies in the format of gamma is like the second where that is half precision, and like the
first where it is float32. So what rounds before a gamma of half precision is asked once more, with
a gamma of float32; what does not take one, or rounds all the same, is early.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bncheck.cases import Recipe, Values, build
from bncheck.errors import TargetRaised
from bncheck.model import Convention, Implementation
from bncheck.model.arrays import flatten
from bncheck.model.formats import FLOAT32, Array, Format, format_of
from bncheck.trial.trial import Guard, Inapplicable, Trial
from bncheck.truth.rounding import Algorithms

_GAMMA = (1.375, 0.6875, 1.625, -0.8125)
_X = Values(digits=(3, -1, 7, 2, 0, -6, 5), structure="noise", offset=(2.0,))


def casts(implementation: Implementation, guard: Guard, dtypes: Sequence[str]) -> str | None:
    """Return ``"last"``, ``"early"`` or ``"weight"``, as the first dtype of half precision shows.

    None where there is no half precision, no gamma, or the values are those of neither.
    """
    domain = implementation.domain
    halves = (d for d in dtypes if format_of(d).precision < FLOAT32.precision)
    dtype = next(halves, None)
    if dtype is None or domain.norm.name == "batch" or not domain.affine:
        return None
    algorithms = Algorithms.of(dtype, implementation.convention)
    if algorithms.accumulates.precision < FLOAT32.precision:
        return None
    kept = algorithms.parameters.name
    seen = _shown(implementation, guard, dtype, kept)
    if seen == "early" and kept == dtype:
        wide = _shown(implementation, guard, dtype, FLOAT32.name)
        return "weight" if wide == "last" else seen
    return seen


def _shown(implementation: Implementation, guard: Guard, dtype: str, parameters: str) -> str | None:
    """Return where a layer rounds that has its parameters in a format; None as above."""
    domain = implementation.domain
    shape = domain.example(16, 4)
    recipe = Recipe(
        dtype=dtype,
        shape=shape,
        x=_X,
        dy=Values(digits=(1, -1)),
        gamma=_GAMMA,
        beta=(0.0,),
        eps=domain.eps(1e-3),
        parameters=parameters,
    )
    case = build(recipe, domain.norm)
    if not domain.takes_gamma(case.gamma, case.gamma.dtype):
        return None
    trial = Trial(case, implementation, Convention(), guard=guard)
    try:
        y = flatten(np.asarray(trial.make(case).train(case.x), np.float64))
    except (TargetRaised, Inapplicable):
        return None
    # a product with a gamma of float32 may come back in float32: it tells the same
    return _told(trial, rounded(y, format_of(dtype)), format_of(dtype))


def _told(trial: Trial, y: Array, storage: Format) -> str | None:
    truth = trial.truth(trial.case)
    values, error = truth.values, truth.bound("xhat")
    # the product, in float32, is rounded besides; of two numbers in half precision it is exact
    margin = abs(values.gamma) * error + 2 * FLOAT32.unit_roundoff * abs(values.y)
    last = [rounded(values.y + side * margin, storage) for side in (-1, 1)]
    xhat = [rounded(values.xhat + side * error, storage) for side in (-1, 1)]
    early = [rounded(values.gamma * end, storage) for end in xhat]
    sure = (last[0] == last[1]) & (early[0] == early[1])
    counted = np.broadcast_to(sure & (last[0] != early[0]), y.shape)
    if not counted.any():
        return None
    pairs = (("last", last[0]), ("early", early[0]))
    return next((n for n, p in pairs if np.array_equal(y[counted], p[counted])), None)


def rounded(values: Array, storage: Format) -> Array:
    """Round to a format: where both ends of an interval give one number, all of it does."""
    return values.astype(np.float64).astype(storage.dtype).astype(np.float64)
