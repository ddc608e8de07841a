"""Bounds for the backward pass in training mode.

Symbols, per channel: d = x - mean, v = var, w = v + eps, r = 1/sqrt(w), xh = d r, g = dy,
A = mean|x|, X = max|x|, D = max|d|, ``e_t`` a bound on the error of t, and t' = |t| + e_t. u, eta
and ``gamma_k`` are those of the arithmetic (see `bncheck.truth.rounding.algorithms.Roundoff`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms, Roundoff, promised, rounded, stored
from bncheck.truth.rounding.statistics import Statistics
from bncheck.truth.rounding.values import Training


@dataclass(frozen=True)
class Normalized:
    """``|d|``, ``|d| + e_d``, e_xhat and ``|xh| + e_xhat``, each ``(m, C)``."""

    abs_d: Array
    d_max: Array
    e_xhat: Array
    xhat_max: Array


def cast(norm: Normalized, algorithms: Algorithms) -> Normalized:
    """Return it with xhat rounded to storage, where casts are early."""
    if not algorithms.early:
        return norm
    error = rounded(norm.xhat_max, algorithms.storage)
    return replace(norm, e_xhat=norm.e_xhat + error, xhat_max=norm.xhat_max + error)


@np.errstate(all="ignore")
def gradient_bounds(
    values: Training,
    stats: Statistics,
    norm: Normalized,
    algorithms: Algorithms,
    k: Roundoff,
    e_gamma: Any,
) -> tuple[Array, Array, Array]:
    """Bound the errors of dx, dgamma and dbeta.

    e_dbeta = (p-1) u sum|g|, over the p values that share a beta (m, where each set has one).
    q = mean(g xh), as it stands or as mean(g d) r: up to two products, the sum and the division
    are m + 4 roundings, and products underflow by eta, perhaps times r:
    e_q = mean(|g| e_xhat) + gamma_(m+4) mean(|g| xh') + 3 eta (1 + r'), and e_dgamma = m e_q;
    over p values that are not a set, the same sums over these.

    Where casts are early, ``gamma dy`` and each ``dy xhat`` are rounded to storage, and so are
    the two terms of dx, and their sum: with u_s and eta_s of storage, e_dx has
    ``2 (u_s |gamma| r' (|g| + mean|g| + xh' q') + eta_s)`` besides.
    """
    g = _cotangent(values, k, e_gamma, algorithms)
    sums, e_dgamma = _sums(values, stats, norm, k, g)
    moments = algorithms.variance == "one-pass"
    e_dx = _input_gradient(values, stats, norm, k, sums, g, moments)
    if algorithms.early:
        apart = g.size + sums.mean_dy + norm.xhat_max * (np.abs(values.q) + sums.e_q)
        outer = (g.gamma + g.e_gamma) * stats.inv_max
        storage = algorithms.storage
        e_dx = e_dx + promised(
            2 * rounded(outer * apart, storage), outer * apart <= storage.largest
        )
    abs_dy, p = values.abs_dy, k.m if values.norm.of_sets else _fibre(values)
    sum_dy = values.gathered(abs_dy)
    e_dbeta = promised((p - 1) * k.u * sum_dy, sum_dy <= k.limit)
    if values.norm.inside:
        e_dgamma = _shared(values, stats, cast(norm, algorithms), k, p)
    else:
        e_dgamma = promised(e_dgamma, sums.fits)
    if algorithms.early:
        e_dgamma = e_dgamma + _terms_cast(values, norm, algorithms)
    if values.norm.of_sets and values.norm.parted:
        e_dgamma = e_dgamma + _parts_kept(abs_dy * norm.xhat_max, algorithms)
        e_dbeta = e_dbeta + _parts_kept(abs_dy, algorithms)
    held, kept = algorithms.accumulates, algorithms.parameters
    return (
        stored(values.abs_dx, e_dx, held, algorithms.storage),
        stored(np.abs(values.dgamma), e_dgamma, held, kept),
        stored(np.abs(values.dbeta), e_dbeta, held, kept),
    )


def _terms_cast(values: Training, norm: Normalized, algorithms: Algorithms) -> Array:
    """Bound what rounding dy, xhat and their products to storage does to dgamma: before sums."""
    storage, abs_dy = algorithms.storage, values.abs_dy
    xhat = cast(norm, algorithms)
    terms = abs_dy * xhat.xhat_max
    errors = rounded(terms, storage) + abs_dy * (xhat.e_xhat - norm.e_xhat)
    fits = values.gathered(np.where(terms <= storage.largest, 0.0, 1.0)) == 0
    return promised(values.gathered(errors) * (1 + storage.unit_roundoff), fits)


def _parts_kept(terms: Array, algorithms: Algorithms) -> Array:
    """Bound what keeping the gradient of each value's gamma does to what is added up for a set."""
    kept = algorithms.parameters
    if kept.unit_roundoff <= algorithms.accumulates.unit_roundoff:
        return np.zeros(terms.shape[1], terms.dtype)
    return np.asarray(rounded(terms, kept).sum(0) * (1 + kept.unit_roundoff))


def _fibre(values: Training) -> int:
    return values.norm.fibre(values.shape)


@dataclass(frozen=True)
class _Cotangent:
    """What stands inside the bracket: dy, with gamma in front, or h = gamma dy, with 1 there.

    size: its magnitude and error; error: of h, ``u |h| + eta`` and what gamma's own makes of it
    """

    size: Array
    error: Any
    gamma: Array
    e_gamma: Any


def _cotangent(values: Training, k: Roundoff, e_gamma: Any, algorithms: Algorithms) -> _Cotangent:
    abs_dy, gamma, storage = values.abs_dy, np.abs(values.gamma), algorithms.storage
    exact = gamma * abs_dy
    if not values.norm.inside:
        if not algorithms.early:
            return _Cotangent(abs_dy, None, gamma, e_gamma)
        # of gamma dy, which is rounded, gamma is then taken in front
        unit = np.where(gamma > 0, rounded(exact, storage) / gamma, 0)
        size = abs_dy + promised(unit, exact <= storage.largest / 2)
        return _Cotangent(size, size - abs_dy, gamma, e_gamma)
    error = (k.u * exact + k.eta) + e_gamma * abs_dy * (1 + k.u)
    if algorithms.early:
        error = error + promised(rounded(exact + error, storage), exact <= storage.largest / 2)
    return _Cotangent(exact + error, error, np.ones_like(values.var), 0)


def _sums(
    values: Training, stats: Statistics, norm: Normalized, k: Roundoff, g: _Cotangent
) -> tuple[_Sums, Array]:
    """Return the sums over each set, and m e_q."""
    m, inv_max = k.m, stats.inv_max
    sum_g = g.size.sum(0)
    sum_xhat = (g.size * norm.xhat_max).sum(0)
    e_sum = (g.size * norm.e_xhat).sum(0) + k.gamma(m + 4) * sum_xhat
    if g.error is not None:
        e_sum = e_sum + (g.error * norm.xhat_max).sum(0)
    e_mq = e_sum + k.eta * (1 + 3 * m * (1 + inv_max))
    sum_d = (g.size * norm.d_max).sum(0)
    top = norm.xhat_max.max(0)
    fits = stats.fits & (sum_g + sum_d + sum_xhat + top <= k.limit)
    if g.error is not None:  # dy and gamma by themselves, and dy times whatever comes first
        first = values.abs_dy.max(0) * np.maximum(np.maximum(1, inv_max), top)
        fits = fits & (first + np.abs(values.gamma).max() <= k.limit)
    return _Sums(g.size, sum_g / m, sum_d, e_mq / m, top, fits), e_mq


def _shared(values: Training, stats: Statistics, norm: Normalized, k: Roundoff, p: int) -> Array:
    """Bound dgamma where p values that are not a set share a gamma."""
    abs_dy = values.abs_dy
    sum_xhat = values.gathered(abs_dy * norm.xhat_max)
    e_sum = values.gathered(abs_dy * norm.e_xhat) + k.gamma(p + 4) * sum_xhat
    inverses = values.gathered(np.broadcast_to(1 + stats.inv_max, values.x.shape))
    e_dgamma = e_sum + k.eta * (1 + 3 * inverses)
    lost = values.gathered(np.broadcast_to(np.where(stats.fits, 0.0, 1.0), values.x.shape))
    sum_d = values.gathered(abs_dy * norm.d_max)
    return promised(e_dgamma, (lost == 0) & (sum_xhat + sum_d <= k.limit))


@dataclass(frozen=True)
class _Sums:
    """|g|; mean|g|; sum |g| (|d| + e_d); e_q; max of xh'; whether none of these overflows."""

    abs_dy: Array
    mean_dy: Array
    sum_d: Array
    e_q: Array
    top: Array
    fits: Array


def _input_gradient(
    values: Training,
    stats: Statistics,
    norm: Normalized,
    k: Roundoff,
    sums: _Sums,
    g: _Cotangent,
    moments: bool,
) -> Array:
    """Bound dx = gamma r B, B = g - mean g - xh q, for all forms of the backward pass at once.

    e_B = gamma_6 (|g| + xh' q') + gamma_(m+6) mean|g| + 2 eta      roundings of the three terms
        + xh' e_q + |q| e_xhat                                       the compact form
        + xh' q' (3 e_r/r + gamma_8)      the chain has r^3 where the compact form has xh q r
        + q' r' (e_mean + gamma_(m+1) mean|d|')  the chain's vanishing term, dvar mean(-2 c)
        + gamma_8 q' r' (|x| + |mean|')     where ``mean(x^2) - mean^2`` is differentiated: moments
    e_dx = |gamma| (r' e_B + e_r |B| + gamma_5 r' (|B| + e_B)) + underflows, q' = |q| + e_q.
    If t = e_r/r is not small, (1+t)^3 - 1 is still covered: the compact terms contain
    2 t + t^2, and xh' q' the factor (1+t)^2.

    Underflows, each eta times what multiplies it on the way to dx, with c = |d| + e_d:
        r' + r'^3 c mean c                      of g gamma
        r'^3 c                                  of g d and g gamma d
        (m+1)(1 + r')(|B| + e_B)                of gamma r, gamma r/m and gamma/m
        4 (1 + |gamma|)(1 + r')                 of products with xh, B and gamma
        (1 + |gamma|)(1 + r')^2 (c + r' c)      of dot, dot r, dot r^2 (the chain's dvar)
        |gamma| c sum(|g| c)/m                  of r^3
        |gamma| q' m r'^2                       of c/m, times dvar

    Where gamma stands inside, g is h, and e_B has e_h + mean(e_h) besides (e_q has what e_h does
    to q), with |gamma| = 1 everywhere. Without centring there is no mean of g, and nothing
    vanishes: those terms are left out.
    """
    eta, m, e_gamma = k.eta, k.m, g.e_gamma
    gamma, inv_max = g.gamma + e_gamma, stats.inv_max
    abs_q, abs_bracket = np.abs(values.q), values.abs_bracket
    q_max = abs_q + sums.e_q
    ratio = 3 * stats.e_inv / values.inv + k.gamma(8)
    on_xhat = sums.e_q + q_max * (ratio + k.gamma(6))
    constant = 2 * eta
    if values.norm.centred:
        vanishing = q_max * inv_max * (stats.e_mean + k.gamma(m + 1) * stats.spread)
        constant = k.gamma(m + 6) * sums.mean_dy + 2 * eta + vanishing
    e_bracket = k.gamma(6) * sums.abs_dy + norm.xhat_max * on_xhat + abs_q * norm.e_xhat + constant
    if g.error is not None:
        e_bracket = e_bracket + g.error
        if values.norm.centred:
            e_bracket = e_bracket + g.error.mean(0)
    multiplied, reach = norm.d_max, stats.span
    if moments:  # dvar meets x and mean one by one
        apart = values.abs_x + stats.reach
        e_bracket = e_bracket + k.gamma(8) * q_max * inv_max * apart
        multiplied, reach = multiplied + apart, stats.span + stats.reach
    bracket_max = abs_bracket + e_bracket

    one_inv = 1 + inv_max
    outer = k.gamma(5) * gamma * inv_max + e_gamma * inv_max + eta * (m + 1) * one_inv
    twice = 2 * eta * (1 + gamma) * one_inv * one_inv
    on_d = twice * one_inv + eta * (
        gamma * sums.sum_d / m + inv_max * inv_max * inv_max * stats.spread
    )
    rest = eta * (4 * (1 + gamma) * one_inv + gamma * q_max * m * inv_max * inv_max)
    e_dx = gamma * inv_max * e_bracket + gamma * stats.e_inv * abs_bracket + outer * bracket_max
    e_dx = e_dx + on_d * multiplied + rest
    return promised(e_dx, _fits(values, stats, k, sums, gamma, q_max, reach))


def _fits(
    values: Training,
    stats: Statistics,
    k: Roundoff,
    sums: _Sums,
    gamma: Array,
    q_max: Array,
    reach: Array,
) -> Array:
    """Whether nothing overflows on the way to dx, in any form and order of multiplication.

    Factors by themselves (gamma, r^3, w^1.5), the sums of the chain times its factors, and m
    times the bracket.
    """
    m, inv_max = k.m, stats.inv_max
    scale = np.maximum(1, gamma) * np.maximum(1, inv_max * inv_max * inv_max)
    w_max = values.var + stats.e_var + values.eps
    chain = scale * (sums.sum_d * np.maximum(1, 2 * reach) + m * sums.mean_dy)
    largest_term = sums.abs_dy.max(0) + sums.mean_dy + sums.top * q_max
    terms = m * np.maximum(1, gamma) * np.maximum(1, inv_max) * largest_term
    biggest = chain + terms + scale + w_max * np.sqrt(w_max) + 2 * m * stats.spread
    return np.asarray(sums.fits & (biggest <= k.limit))
