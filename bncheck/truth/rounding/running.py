"""Bounds for running statistics: one step at a time, as balls around the exact averages.

The state is stored after every step, so many steps are the repetition of one: feed the ball
that comes out into the next step.
"""

from typing import Any

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms, promised, roundoff, stored
from bncheck.truth.rounding.ball import Ball


def running_bounds(old: Ball, statistic: Ball, weight: Any, algorithms: Algorithms) -> Ball:
    """One step of the exponential average, ``(1 - a) old + a statistic``.

    old: the state before, radius 0 where it is stored exactly; statistic: of the batch, bounded
    in the arithmetic format; weight: a in [0, 1], of the new statistic. Whether a = momentum or
    1 - momentum is stored, and which is formed from which, the two weights are off by at most
    2 u in absolute terms; products and the sum, or ``old + a (statistic - old)``, take three
    roundings; so e = (1-a) e_old + a e_stat + gamma_6 (|old|' + |stat|') + 4 eta. Returns the
    exact average with the bound on the stored one, ``(C,)``; inf: no promise.
    """
    with np.errstate(all="ignore"):
        wide = np.result_type(old.mid, statistic.mid)
        k = roundoff(wide, 1, algorithms.accumulates)
        a = wide.type(weight)
        value = (1 - a) * old.mid + a * statistic.mid
        reach = np.abs(old.mid) + old.rad + np.abs(statistic.mid) + statistic.rad
        error = (1 - a) * old.rad + a * statistic.rad + k.gamma(6) * reach + 4 * k.eta
        return _kept(value, promised(error, reach <= k.limit), algorithms)


def cumulative_bounds(old: Ball, statistic: Ball, steps: int, algorithms: Algorithms) -> Ball:
    """The arithmetic mean after ``steps`` batches, from the one before: weight 1/steps.

    As `running_bounds`; the rounding of 1/steps, or of ``(old (n-1) + statistic)/n``, is within
    the six roundings there.
    """
    wide = np.result_type(old.mid, statistic.mid)
    return running_bounds(old, statistic, wide.type(1) / steps, algorithms)


def unbiased_bounds(variance: Ball, m: int, algorithms: Algorithms) -> Ball:
    """Bessel's correction ``m/(m-1)`` of a biased variance, in the arithmetic format.

    The factor is exact up to three roundings (of m, m-1 and their quotient), the product is one:
    e = m/(m-1) e_var + gamma_4 (...). With m = 1 nothing is promised: conventions differ.
    """
    with np.errstate(all="ignore"):
        if m < 2:
            return Ball(variance.mid, np.full_like(variance.mid, np.inf))
        k = roundoff(variance.mid.dtype, m, algorithms.accumulates)
        factor = variance.mid.dtype.type(m) / (m - 1)
        value, error = factor * variance.mid, factor * variance.rad
        # a sum of squares may be divided by m - 1 directly: its own value must fit too
        reach = np.abs(value) + error
        error = error + k.gamma(4) * reach + k.eta
        return Ball(value, promised(error, reach * m <= k.limit))


def summed_bounds(statistic: Ball, sizes: Array, terms: int, algorithms: Algorithms) -> Ball:
    """Let a mean be part of one sum of so many terms: gamma_terms of their sizes' mean besides."""
    with np.errstate(all="ignore"):
        k = roundoff(statistic.mid.dtype, terms, algorithms.accumulates)
        error = statistic.rad + k.gamma(terms) * sizes
        return Ball(statistic.mid, promised(error, sizes * terms <= k.limit))


def averaged_bounds(sets: Ball, algorithms: Algorithms) -> Ball:
    """Average of what s samples make of one running statistic, ``(s, P)`` to ``(P,)``.

    A sum of s terms in any order and one division, or products with 1/s, which is rounded:
    e = mean(e_set) + gamma_(s+1) mean(|set| + e_set) + 2 eta. Instance normalization keeps such
    averages; whether they are of the samples' statistics or of their running statistics, each
    stored, is the same number.
    """
    with np.errstate(all="ignore"):
        s = len(sets.mid)
        k = roundoff(sets.mid.dtype, s, algorithms.accumulates)
        reach = (np.abs(sets.mid) + sets.rad).sum(0)
        error = (sets.rad.sum(0) + k.gamma(s + 1) * reach) / s + 2 * k.eta
        return _kept(sets.mid.sum(0) / s, promised(error, reach <= k.limit), algorithms)


def debiased_bounds(average: Ball, decay: Any, steps: int, algorithms: Algorithms) -> Ball:
    """A moving average that started at 0, corrected for it: ``average / (1 - decay^steps)``.

    Kingma & Ba 2015, Adam, section 3. decay may be off by u in absolute terms and its power by
    ``gamma_steps`` (both derivatives are at most steps), the difference by one more rounding:
    the correction c is off by e_c = gamma_(2 steps + 2), and e = (e_avg + |avg/c| e_c)/(c - e_c)
    plus one division.
    """
    with np.errstate(all="ignore"):
        wide = average.mid.dtype
        k = roundoff(wide, 1, algorithms.accumulates)
        correction = 1 - wide.type(decay) ** steps
        e_correction = k.gamma(2 * steps + 2)
        value = average.mid / correction
        least = correction - e_correction
        error = (average.rad + np.abs(value) * e_correction) / least
        reach = np.abs(value) + error
        error = error + k.gamma(2) * reach + k.eta
        return _kept(value, promised(error, (least > 0) & (reach <= k.limit)), algorithms)


def _kept(value: Array, bound: Array, algorithms: Algorithms) -> Ball:
    bound = stored(np.abs(value), bound, algorithms.accumulates, algorithms.parameters)
    # the value itself was computed in the wide dtype, in three roundings of terms below reach;
    # the enlarged u of the roundoff (see there) contains twice that
    return Ball(value, np.where(np.isfinite(value), bound, np.inf))
