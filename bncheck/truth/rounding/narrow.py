"""Bounds of float64 arithmetic, evaluated in float64 where the true values are in long double.

Long double has no vector instructions: its loops take three times those of float64, and half of
what judging a float64 layer took was the evaluation of bounds, which nobody reads to 19 digits.

Every bound is a sum of nonnegative products, each with a factor u, eta, or the error of a
statistic, which is such a sum itself. With o = 2^-53 each value that is rounded to float64, and
each operation on them, is relatively off by o, and a sum of m terms by ``(m - 1) o``: together by
less than ``(m + 100) o``. Evaluating with u, and with errors of statistics, that are larger by the
factor ``1 + 4 (m + 100) o`` therefore stays above the bound for u, with as much again for what
laws do with radii afterwards; of the bound it is 10^-13 for a hundred values and 10^-9 for a
million. Differences that are not bounds, those of roots in the error of the inverse deviation,
stay in long double: all that is ``(C,)`` before the rows are.

Where a product underflows in the evaluation, 2^-1075 is lost, as in the arithmetic that is
bounded: every sum that is multiplied further has an eta of its own, and no more than 14 products.
Evaluating with 8 eta makes up for these. Where eta counts beside u, that would be seen in margins:
there, and where there is little to gain, bounds stay in long double. Nothing overflows that
guards have not named, and these do not hold then.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from bncheck.model.formats import FLOAT64
from bncheck.truth.rounding.algorithms import Algorithms, Roundoff
from bncheck.truth.rounding.statistics import Statistics
from bncheck.truth.rounding.values import Inference, Training

# Below that, converting takes what is gained.
_LEAST_SIZE = 1 << 9

# The largest of a channel, and w: eta is far below u times what bounds are made of.
_LEAST_X, _LEAST_W = 2.0**-300, 2.0**-300

_EVALUATED = FLOAT64.unit_roundoff
_ETA = np.float64(np.finfo(np.float64).smallest_subnormal)


def is_told_narrow(values: Training | Inference, algorithms: Algorithms) -> bool:
    """Whether bounds of these values are evaluated in float64."""
    x = values.x
    if x.dtype == np.float64 or x.size < _LEAST_SIZE or algorithms.accumulates is not FLOAT64:
        return False
    var = values.var if isinstance(values, Training) else values.running_var
    if not (var + values.eps >= _LEAST_W).all():
        return False
    return bool((values.narrowed.abs_x.max(0) >= _LEAST_X).all())


def enlarged(k: Roundoff, m: int) -> Roundoff:
    """Constants that make up for an evaluation in float64 over m rows, still in long double."""
    return replace(k, u=k.u * more(m))


def more(m: int) -> Any:
    """By which factor errors are enlarged for an evaluation over m rows."""
    return 1 + 4 * (m + 100) * np.longdouble(_EVALUATED)


def narrow_roundoff(k: Roundoff) -> Roundoff:
    """Enlarged constants, in float64."""
    return replace(k, u=np.float64(k.u), eta=4 * _ETA, limit=np.float64(k.limit))


def narrow_statistics(stats: Statistics, m: int) -> Statistics:
    """What is bounded of the statistics of m rows, rounded to float64.

    Errors are enlarged: that of a root need not have a factor u, see `Statistics.clamped`.
    """
    errors = {name: getattr(stats, name) * more(m) for name in ("e_mean", "e_var", "e_inv")}
    stats = replace(stats, **errors)
    given = {f.name: getattr(stats, f.name) for f in fields(stats)}
    return Statistics(**{n: a if a.dtype == bool else a.astype(float) for n, a in given.items()})
