"""The truth about a sum of two arrays that is normalized before, or after, it is rounded.

``s = x + r`` need not be a number of x's format; q is s, rounded to it. A residual form may read

- ``"wide"``: s, which the arithmetic of the normalization holds;
- ``"rounded"``: q, which is what it hands back;
- ``"reread"``: s for the statistics, and then q, as a kernel does that stores the sum in its first
  pass over a row and reads it again in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bncheck.model.arrays import as_wide, in_c_order
from bncheck.model.formats import FLOAT64, Array
from bncheck.trial.trial import Inapplicable, Trial
from bncheck.trial.truths import wide
from bncheck.truth import oracle
from bncheck.truth.rounding import Algorithms, training_bounds
from bncheck.truth.rounding.algorithms import promised

Reading = Literal["wide", "rounded", "reread"]


@dataclass(frozen=True)
class Sum:
    """What x is added to, and the sum.

    residual: shaped like x, in its dtype; exact: the sum, in float64; rounded: in the dtype of x
    """

    residual: Array
    exact: Array
    rounded: Array


@dataclass(frozen=True)
class Read:
    """What y is where the sum is read in one way: ``(m, C)``, wide, and what it may be off by."""

    y: Array
    bound: Array


def summed(t: Trial, x: Array, residual: Array) -> Sum:
    """Add where the arithmetic has the exact sum; elsewhere the residual becomes 0.

    So that arithmetic of more bits than promised has the same sum. Where x is as wide as the
    arithmetic it may have more bits or not, and the sum is exact in float64. It leaves the law
    where x is float64 itself: nothing that is wider is at hand everywhere.
    """
    algorithms = t.algorithms(t.case)
    if algorithms.storage.precision >= FLOAT64.precision:
        raise Inapplicable
    held = (algorithms.accumulates if algorithms.finer else FLOAT64).dtype
    with np.errstate(all="ignore"):
        total = as_wide(x, np.float64) + as_wide(residual, np.float64)
        lost = total - as_wide(x, np.float64) - as_wide(residual, np.float64)
        fits = (total.astype(held) == total) & (lost == 0)
        fits &= np.isfinite(as_wide(total.astype(x.dtype), np.float64))
    kept = in_c_order(np.where(fits, residual, np.zeros_like(residual)))
    exact = as_wide(x, np.float64) + as_wide(kept, np.float64)
    return Sum(kept, in_c_order(exact), in_c_order(exact.astype(x.dtype)))


def readings(t: Trial, total: Sum, algorithms: Algorithms | None = None) -> dict[Reading, Read]:
    """Return what y is for each way of reading a sum.

    algorithms: what bounds are of, in place of what the target may use

    "reread": ``y = y_s + gamma (q - s) r`` where y_s, and r, are those of s. Every term of its
    bound is that of y_s, with x and x - mean moved by q - s: that adds at most ``|gamma (q - s)|
    (e_r + gamma_12 r')``, for a factor of xhat that is off by e_r, four roundings of a folded form,
    one of x - mean, and those of the products and the sum; and two roundings to storage where
    casts are early, one otherwise, of what is larger by ``|gamma (q - s)| r'``. What underflows
    is multiplied by at most ``1 + u_s`` more.
    """
    algorithms = algorithms or t.algorithms(t.case)
    read, _, _ = _normalized(t, total.rounded, algorithms)
    of_sum, values, e_inv = _normalized(t, total.exact, algorithms)
    with np.errstate(all="ignore"):
        u_s = algorithms.storage.unit_roundoff
        moved = values.gamma * (wide(total.rounded, values.x.dtype) - values.x) * values.inv
        off = e_inv / values.inv
        gamma_12 = 12 * algorithms.accumulates.unit_roundoff * (1 + 2.0**-8)
        more = np.abs(moved) * (1 + off) * (off + gamma_12 + 3 * u_s)
        bound, y = of_sum.bound, values.y + moved
        largest = y.dtype.type(algorithms.storage.largest)
        bound = promised((bound + more) * (1 + u_s), np.abs(y) + bound + more <= largest)
    return {"rounded": read, "wide": of_sum, "reread": Read(y, bound)}


def _normalized(t: Trial, x: Array, algorithms: Algorithms) -> tuple[Read, oracle.Training, Array]:
    """Return y, all values, and what the inverse deviation may be off by."""
    values, own = oracle.train(t.variant(x=x), exact=t.exact)
    allowed = training_bounds(values, algorithms)
    return Read(values.y, allowed.y + own.y), values, allowed.inv + own.inv
