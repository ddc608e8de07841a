"""Bounds for training mode, put together; the forward pass.

Symbols, per channel: d = x - mean, v = var, w = v + eps, r = 1/sqrt(w), xh = d r, g = dy,
A = mean|x|, X = max|x|, D = max|d|, ``e_t`` a bound on the error of t, and t' = |t| + e_t. u, eta
and ``gamma_k`` are those of the arithmetic (see `bncheck.truth.rounding.algorithms.Roundoff`).
"""

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import (
    Algorithms,
    Roundoff,
    promised,
    rounded,
    roundoff,
    stored,
)
from bncheck.truth.rounding.gradient import Normalized, cast, gradient_bounds
from bncheck.truth.rounding.narrow import (
    enlarged,
    is_told_narrow,
    narrow_roundoff,
    narrow_statistics,
)
from bncheck.truth.rounding.saving import saved_statistics, saved_xhat
from bncheck.truth.rounding.statistics import Statistics, statistics_bounds
from bncheck.truth.rounding.values import Training, TrainingBounds


def training_bounds(values: Training, algorithms: Algorithms) -> TrainingBounds:
    """Bound the errors of every algorithm of the class on the outputs of training mode.

    values: of the true outputs, ``(m, C)`` and ``(C,)``, wide. Returns arrays of the same shapes
    and dtype; inf where no promise is made, which includes channels that are not finite.
    """
    with np.errstate(all="ignore"):
        wide = roundoff(values.x.dtype, values.x.shape[0], algorithms.accumulates)
        values, of_all, stats, k = _evaluated(values, algorithms, wide)
        e_gamma, e_beta = _conversion(values, algorithms, k)
        norm = _normalized(values, stats, k)
        return TrainingBounds(
            mean=promised(of_all.e_mean, stats.fits_mean),
            var=promised(of_all.e_var, stats.fits),
            inv=promised(of_all.e_inv, stats.fits),
            xhat=promised(norm.e_xhat, stats.fits),
            clamped=stats.clamped,
            y=_output(values, stats, norm, algorithms, k, e_gamma, e_beta),
            gradients=partial(
                gradient_bounds,
                values,
                *_saved(values, stats, norm, algorithms, k),
                algorithms,
                k,
                e_gamma,
            ),
        )


def _evaluated(
    values: Training, algorithms: Algorithms, k: Roundoff
) -> tuple[Training, Statistics, Statistics, Roundoff]:
    """Return values, bounds of the statistics, these as rows are bounded from them, constants."""
    if not is_told_narrow(values, algorithms):
        stats = statistics_bounds(values, algorithms, k)
        return values, stats, stats, k
    m, narrow = values.x.shape[0], values.narrowed
    k = enlarged(k, m)
    stats = statistics_bounds(values, algorithms, k, narrow)
    return narrow, stats, narrow_statistics(stats, m), narrow_roundoff(k)


def inverse_bound(values: Training, algorithms: Algorithms) -> Array:
    """Bound the error of the inverse deviation alone, ``(C,)``."""
    with np.errstate(all="ignore"):
        k = roundoff(values.x.dtype, values.x.shape[0], algorithms.accumulates)
        return statistics_bounds(values, algorithms, k).e_inv


def careful_terms(m: int) -> int:
    """Return how many terms in a row a careful sum of m has the error of, m or fewer."""
    return min(m, 27 + max(0, math.ceil(math.log2(m / 128))))


def _saved(
    values: Training, stats: Statistics, norm: Normalized, algorithms: Algorithms, k: Roundoff
) -> tuple[Statistics, Normalized]:
    """Return what the backward pass reads of the statistics and of xhat."""
    if algorithms.saved == "wide" or not algorithms.finer:
        return stats, norm
    if algorithms.saved == "xhat":
        return stats, saved_xhat(norm, algorithms)
    stats = saved_statistics(values, stats, algorithms, k)
    return stats, _normalized(values, stats, k)


def careful_output_bound(values: Training, algorithms: Algorithms, least: bool = False) -> Array:
    """Bound y for those algorithms of the class that sum carefully: for warnings, not verdicts.

    least: what the bounds of a channel are at least, ``(1, C)``: the one of a row of zeros

    Careful is pairwise above blocks of 128 values, each summed in 8 lanes as NumPy does along a
    contiguous axis: at most ``26 + ceil(log2(m/128))`` additions on any path (Higham 2002, 4.2),
    in place of m - 1. Summation in a wider format is within that. Shaped like y.
    """
    with np.errstate(all="ignore"):
        m = values.x.shape[0]
        k = replace(roundoff(values.x.dtype, m, algorithms.accumulates), m=careful_terms(m))
        values, _, stats, k = _evaluated(values, algorithms, k)
        e_gamma, e_beta = _conversion(values, algorithms, k)
        if least:
            row = np.zeros((1, values.x.shape[1]), values.x.dtype)
            values = replace(values, x=row, centered=row, xhat=row, y=row)
        norm = _normalized(values, stats, k)
        return _output(values, stats, norm, algorithms, k, e_gamma, e_beta)


def _conversion(values: Training, algorithms: Algorithms, k: Roundoff) -> tuple[Any, Any]:
    """Parameters finer than the arithmetic are rounded on the way in: ``u |t| + eta``."""
    if algorithms.parameters.unit_roundoff >= algorithms.accumulates.unit_roundoff:
        return 0, 0
    return k.u * np.abs(values.gamma) + k.eta, k.u * np.abs(values.beta) + k.eta


def _normalized(values: Training, stats: Statistics, k: Roundoff) -> Normalized:
    """e_xhat = |d| e_r + r' e_d + u (|d| + e_d) r' + gamma_4 (|x| + |mean|') r' + 2 eta.

    e_d = e_mean + u (|d| + e_mean); r' = r + e_r. The last two terms are for the folded forms
    ``x k - mean k``: up to four roundings in each product and in the difference, so that nothing
    but ``|x| + |mean|`` bounds them. Products underflow by eta each.
    """
    u, inv_max = k.u, stats.inv_max
    abs_d = values.abs_d
    if not values.norm.centred:
        # nothing is taken off x, and no form is folded: |x| e_r + gamma_2 |x| r' + 2 eta
        e_xhat = abs_d * (stats.e_inv + k.gamma(2) * inv_max) + 2 * k.eta
        return Normalized(abs_d, abs_d, e_xhat, values.abs_xhat + e_xhat)
    # coefficients of the rows first: they are (C,), the arrays are (m, C)
    off = stats.e_mean * (1 + u)
    d_max = abs_d * (1 + u) + off
    folded = k.gamma(4) * inv_max
    constant = folded * (np.abs(values.mean) + stats.e_mean) + 2 * k.eta + off * (1 + u) * inv_max
    slope = stats.e_inv + u * (2 + u) * inv_max
    e_xhat = abs_d * slope + (folded * values.abs_x + constant)
    return Normalized(abs_d, d_max, e_xhat, values.abs_xhat + e_xhat)


def _output(
    values: Training,
    stats: Statistics,
    norm: Normalized,
    algorithms: Algorithms,
    k: Roundoff,
    e_gamma: Any,
    e_beta: Any,
) -> Array:
    """e_y = |gamma| e_xhat + gamma_2 (|gamma| xh' + |beta|) + u |beta| + underflows.

    The product with gamma and the sum with beta take two roundings, ``beta - mean k`` a third of
    beta. ``gamma r`` may underflow by eta, which x - mean or x and mean then multiply, ``gamma (x -
    mean)`` by eta, which r multiplies, and each further product by eta. Where casts are early, xhat
    is rounded to storage first, and so is its product with gamma.
    """
    u, eta = k.u, k.eta
    gamma, beta = np.abs(values.gamma), np.abs(values.beta)
    norm = cast(norm, algorithms)
    two = k.gamma(2)
    underflow = eta * (4 + gamma + stats.inv_max + 2 * stats.reach)
    constant = (two + u) * beta + underflow + e_beta
    e_y = (gamma + e_gamma) * norm.e_xhat + (two * gamma + 2 * e_gamma) * norm.xhat_max + constant
    slope = (gamma + e_gamma) * stats.inv_max
    reach = np.maximum(1, stats.reach)
    if algorithms.early and values.norm.shifted:  # the product is rounded before beta is added
        e_y = e_y + rounded((gamma + e_gamma) * norm.xhat_max, algorithms.storage)
    biggest = (slope + gamma + stats.inv_max) * reach + beta
    fits = stats.fits & (biggest <= k.limit)
    return stored(values.abs_y, e_y, algorithms.accumulates, algorithms.storage, fits)
