"""Bounds for training mode: statistics, then the forward, then the backward pass.

Symbols, per channel: d = x - mean, v = var, w = v + eps, r = 1/sqrt(w), xh = d r, g = dy,
A = mean|x|, X = max|x|, D = max|d|, and ``e_t`` a bound on the error of t. u, eta and
``gamma_k`` are those of the arithmetic (see `Roundoff`). A sum of m terms, in any order, is
off by at most ``(m-1) u sum|t|`` (Jeannerod & Rump 2013, Theorem 3.1).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncheck.formats import Array
from bncheck.rounding.algorithms import Algorithms, Roundoff, promised, roundoff, stored
from bncheck.rounding.values import Training, TrainingBounds


@dataclass(frozen=True)
class _Statistics:
    """Bounds on mean, var, inv; e_d of the centred x; ``fits``: nothing overflowed so far.

    reach: X + |mean| + e_mean; span: D + e_mean; spread: mean|d| + e_d, each ``(C,)``
    """

    e_mean: Array
    e_var: Array
    e_inv: Array
    inv_max: Array
    reach: Array
    span: Array
    spread: Array
    fits_mean: Array
    fits: Array


@dataclass(frozen=True)
class _Normalized:
    """``|d|``, ``|d| + e_d``, e_xhat and ``|xh| + e_xhat``, each ``(m, C)``."""

    abs_d: Array
    d_max: Array
    e_xhat: Array
    xhat_max: Array


def training_bounds(values: Training, algorithms: Algorithms) -> TrainingBounds:
    """Bound the errors of every algorithm of the class on the outputs of training mode.

    values: of the true outputs, ``(m, C)`` and ``(C,)``, wide. Returns arrays of the same shapes
    and dtype; inf where no promise is made, which includes channels that are not finite.
    """
    with np.errstate(all="ignore"):
        k = roundoff(values.x.dtype, values.x.shape[0], algorithms.accumulates)
        e_gamma, e_beta = _conversion(values, algorithms, k)
        stats = _statistics(values, algorithms, k)
        norm = _normalized(values, stats, k)
        y = _output(values, stats, norm, algorithms, k, e_gamma, e_beta)
        dx, dgamma, dbeta = _backward(values, stats, norm, algorithms, k, e_gamma)
        return TrainingBounds(
            mean=promised(stats.e_mean, stats.fits_mean),
            var=promised(stats.e_var, stats.fits),
            inv=promised(stats.e_inv, stats.fits),
            xhat=promised(norm.e_xhat, stats.fits),
            y=y,
            dx=dx,
            dgamma=dgamma,
            dbeta=dbeta,
        )


def _conversion(values: Training, algorithms: Algorithms, k: Roundoff) -> tuple[Any, Any]:
    """Parameters finer than the arithmetic are rounded on the way in: ``u |t| + eta``."""
    if algorithms.parameters.unit_roundoff >= algorithms.accumulates.unit_roundoff:
        return 0, 0
    return k.u * np.abs(values.gamma) + k.eta, k.u * np.abs(values.beta) + k.eta


def _statistics(values: Training, algorithms: Algorithms, k: Roundoff) -> _Statistics:
    """Mean, variance and inverse deviation.

    e_mean = (m + h) u A + gamma_3 |mean|' + (m/2 + 2) eta. Summing costs (m-1) u A, and the
    division by m, perhaps as a product with a rounded 1/m, gamma_3. In Welford's recurrence
    ``mu_k = mu_(k-1) + (x_k - mu_(k-1)) n_b/k`` (Chan: a product with a rounded weight) step k
    adds ``3 u |x_k - mu_(k-1)|/k + u |mu_k| + eta``, weighted by k/m in the end; as
    ``k |mu_k| <= m A``, these sum to ``u A (m + h)``, h = 3 (1 + H_(m-1)), H_n the harmonic
    numbers. Balanced merging has log2 m levels that add at most 4 u A each, which is less.
    Errors made early are themselves rounded later: the factor 1 + gamma_(m+h). For m = 1 the
    mean is x.

    E bounds the error of every intermediate mean, of a prefix or block: there m A still bounds
    ``k |mu_k|``, but the mean of ``|x|`` may be X, so E = u (m A + h X) (1 + gamma_(m+h)) + ...
    """
    m, u, eta = k.m, k.u, k.eta
    abs_x = np.abs(values.x)
    mean_x, max_x = abs_x.mean(0), abs_x.max(0)
    abs_d = np.abs(values.centered)
    max_d, mean_d = abs_d.max(0), abs_d.mean(0)
    abs_mean, var = np.abs(values.mean), values.var
    shifted = algorithms.variance == "shifted"
    if shifted:  # x0 + mean(x - x0), |x - x0| <= |x| + X
        mean_x = mean_x + max_x
    if m == 1:
        e_mean = worst_mean = np.zeros_like(abs_mean)
    else:
        h = _merging(m)
        again = u * (1 + k.gamma(m + h))
        summed, underflow = (m + h) * again * mean_x, (m / 2 + 2) * eta
        e_mean = summed + k.gamma(3) * (abs_mean + summed) + underflow
        worst_mean = again * (m * mean_x + h * max_x) + underflow
    e_var, below = _variance(values, algorithms, k, e_mean, worst_mean, max_d)
    e_inv, inv_max = _inverse_root(values, k, e_var, below)
    span = max_d + e_mean
    reach = max_x + abs_mean + e_mean
    spread = mean_d + e_mean + u * (mean_d + e_mean)
    fits_mean = np.maximum(m * mean_x + m, reach) <= k.limit
    squares = m * (var + e_var) + 4 * span * span
    if shifted:  # (x - x0)^2 with |x - x0| <= 2 D
        squares = squares + 4 * m * span * span
    if algorithms.variance == "one-pass":
        squares = squares + m * (var + abs_mean * abs_mean)
    # Chan's correction squares the sum of the computed deviations
    drift = m * (e_mean + k.gamma(m) * spread)
    # an inverse root may be taken as sqrt(1/w)
    biggest = np.maximum(squares, drift * drift) + inv_max * inv_max + inv_max + values.eps
    return _Statistics(
        e_mean=e_mean,
        e_var=e_var,
        e_inv=e_inv,
        inv_max=inv_max,
        reach=reach,
        span=span,
        spread=spread,
        fits_mean=fits_mean,
        fits=fits_mean & (biggest <= k.limit),
    )


def _merging(m: int) -> float:
    """``h = 3 (1 + H_(m-1))``, by ``H_n <= ln n + 0.5773 + 1/(2 n)``; 0 for one value."""
    return 3 * (1.5773 + math.log(m - 1) + 0.5 / (m - 1)) if m > 1 else 0.0


def _variance(
    values: Training,
    algorithms: Algorithms,
    k: Roundoff,
    e_mean: Array,
    worst_mean: Array,
    max_d: Array,
) -> tuple[Array, Array]:
    """Return e_var, and how far below 0 a computed variance may be.

    e_var = dev + gamma_(m+8) (v + dev) + (h + 4) eta: dev is what perturbed means do in exact
    arithmetic, and each of the m nonnegative terms then takes at most m + 8 roundings.

    Two-pass: ``mean((x - mean - e)^2) = v + e^2``, so dev = e_mean^2 (Chan, Golub & LeVeque
    1983). Welford and Chan, with E as in `_statistics` and s = sqrt(v): in
    ``m v = sum delta_k^2 (k-1)/k`` the increments change by at most ``2 E |delta_k| + E^2``, and
    ``sum|delta_k| <= m sqrt(2 v)``, so dev = 2 sqrt(2) E s + E^2; we take 4 E s + 2 E^2, which
    also holds Chan's merges. There ``delta^2 n_a n_b/n`` changes by
    ``(4 E |delta| + 4 E^2) n_a n_b/n``; in a balanced tree E is that of log2 m levels, at most
    4 u A each, and Cauchy-Schwarz over the levels gives ``2.3 (log2 m)^1.5 u s sqrt(A X)``,
    which is less. Chan's correction of the two-pass sum removes e^2 and adds ``2 m u s e_mean``,
    within dev as m u < 1/2. The corrected sum, not clamped, is a nonnegative quantity
    ``S - T^2/m`` (Cauchy-Schwarz on the computed deviations) whose parts are off by ``gamma S``
    and ``(2 gamma + gamma^2) S``.

    Shifted by x0: ``mean (x-x0)^2 <= v + D^2``, and as for Chan's correction both terms are off
    by relative gamma_(m+5), 2 gamma + gamma^2. One-pass: the same with x0 = 0, v + mean^2.
    """
    m, eta, var = k.m, k.eta, values.var
    if m == 1:
        return np.zeros_like(var), np.zeros_like(var)
    terms = k.gamma(m + 8)
    cancelling = terms * (3 + terms)
    dev = worst_mean * (4 * np.sqrt(var) + 2 * worst_mean)
    dev = np.maximum(dev, e_mean * e_mean)
    below = cancelling * (var + e_mean * e_mean) + 4 * eta
    if algorithms.variance == "shifted":
        below = cancelling * (var + max_d * max_d) + 4 * eta
        dev = dev + below
    elif algorithms.variance == "one-pass":
        below = cancelling * (var + values.mean * values.mean) + 4 * eta
        dev = dev + below
    return dev + terms * (var + dev) + (_merging(m) + 4) * eta, below


def _inverse_root(values: Training, k: Roundoff, e_var: Array, below: Array) -> tuple[Array, Array]:
    """Return e_inv and r + e_inv.

    The computed ``fl(var + fl(eps))`` is within e_w = e_var + u eps + eta + u (w + e_var +...)
    of w, and not below ``(eps (1-u) - eta - below)(1-u)``; its inverse root takes gamma_5, for
    two units in the last place or two roundings. Differences of roots are written as quotients:
    ``1/sqrt(w-a) - 1/sqrt(w) = r a / (sqrt(w-a) (sqrt(w-a) + sqrt(w)))``, falling in a.
    """
    u, eta, eps, r = k.u, k.eta, values.eps, values.inv
    w = values.var + eps
    input_error = e_var + u * eps + eta
    e_w = input_error + u * (w + input_error)
    least = np.maximum(w - e_w, (eps * (1 - 2 * u) - eta - below) * (1 - u))
    low, root, high = np.sqrt(least), np.sqrt(w), np.sqrt(w + e_w)
    above = r * np.maximum(w - least, 0) / (low * (low + root))
    under = r * e_w / (high * (high + root))
    relative = k.gamma(5)
    e_inv = np.maximum(above, under) * (1 + relative) + relative * r
    e_inv = np.where(least > 0, e_inv, np.inf)
    return e_inv, r + e_inv


def _normalized(values: Training, stats: _Statistics, k: Roundoff) -> _Normalized:
    """e_xhat = |d| e_r + r' e_d + u (|d| + e_d) r' + gamma_4 (|x| + |mean|') r' + 2 eta.

    e_d = e_mean + u (|d| + e_mean); r' = r + e_r. The last two terms are for the folded forms
    ``x k - mean k``: up to four roundings in each product and in the difference, so that nothing
    but ``|x| + |mean|`` bounds them. Products underflow by eta each.
    """
    u, inv_max = k.u, stats.inv_max
    abs_d = np.abs(values.centered)
    d_max = abs_d * (1 + u) + stats.e_mean * (1 + u)
    e_d = stats.e_mean * (1 + u) + u * abs_d
    # coefficients of the rows first: they are (C,), the arrays are (m, C)
    folded = k.gamma(4) * inv_max
    constant = folded * (np.abs(values.mean) + stats.e_mean) + 2 * k.eta
    e_xhat = abs_d * stats.e_inv + (e_d + u * d_max) * inv_max
    e_xhat = e_xhat + (folded * np.abs(values.x) + constant)
    return _Normalized(abs_d, d_max, e_xhat, np.abs(values.xhat) + e_xhat)


def _output(
    values: Training,
    stats: _Statistics,
    norm: _Normalized,
    algorithms: Algorithms,
    k: Roundoff,
    e_gamma: Any,
    e_beta: Any,
) -> Array:
    """e_y = |gamma| e_xhat + gamma_2 (|gamma| xh' + |beta|) + u |beta| + underflows.

    The product with gamma and the sum with beta take two roundings, ``beta - mean k`` a third of
    beta. ``gamma r`` may underflow by eta, which x - mean or x and mean then multiply, and each
    further product by eta.
    """
    u, eta = k.u, k.eta
    gamma, beta = np.abs(values.gamma), np.abs(values.beta)
    two = k.gamma(2)
    constant = (two + u) * beta + eta * (4 + gamma + 2 * stats.reach) + e_beta
    e_y = (gamma + e_gamma) * norm.e_xhat + (two * gamma + 2 * e_gamma) * norm.xhat_max + constant
    slope = (gamma + e_gamma) * stats.inv_max
    biggest = slope * np.maximum(1, stats.reach) + stats.inv_max * stats.reach + beta
    e_y = promised(e_y, stats.fits & (biggest <= k.limit))
    return stored(values.y, e_y, algorithms.accumulates, algorithms.storage)


def _backward(
    values: Training,
    stats: _Statistics,
    norm: _Normalized,
    algorithms: Algorithms,
    k: Roundoff,
    e_gamma: Any,
) -> tuple[Array, Array, Array]:
    """Bounds on dx, dgamma and dbeta.

    e_dbeta = (m-1) u sum|g|.
    q = mean(g xh), as it stands or as mean(g d) r: one to two products, the sum and the division
    are m + 4 roundings, and products underflow by eta, perhaps times r:
    e_q = mean(|g| e_xhat) + gamma_(m+4) mean(|g| xh') + 3 eta (1 + r'), and e_dgamma = m e_q.
    """
    m, u, eta = k.m, k.u, k.eta
    abs_dy, inv_max = np.abs(values.dy), stats.inv_max
    sum_dy = abs_dy.sum(0)
    sum_xhat = (abs_dy * norm.xhat_max).sum(0)
    e_dbeta = promised((m - 1) * u * sum_dy, sum_dy <= k.limit)
    e_sum = (abs_dy * norm.e_xhat).sum(0) + k.gamma(m + 4) * sum_xhat
    e_dgamma = e_sum + eta * (1 + 3 * m * (1 + inv_max))
    sum_d = (abs_dy * norm.d_max).sum(0)
    fits = stats.fits & (np.maximum(np.maximum(sum_dy, sum_d), sum_xhat) <= k.limit)
    sums = _Sums(abs_dy, sum_dy / m, sum_d, e_dgamma / m, fits)
    e_dx = _input_gradient(values, stats, norm, k, sums, e_gamma)
    held, kept = algorithms.accumulates, algorithms.parameters
    return (
        stored(values.dx, e_dx, held, algorithms.storage),
        stored(values.dgamma, promised(e_dgamma, fits), held, kept),
        stored(values.dbeta, e_dbeta, held, kept),
    )


@dataclass(frozen=True)
class _Sums:
    """|g|; mean|g|; sum |g| (|d| + e_d); e_q; and whether none of the sums overflows."""

    abs_dy: Array
    mean_dy: Array
    sum_d: Array
    e_q: Array
    fits: Array


def _input_gradient(
    values: Training,
    stats: _Statistics,
    norm: _Normalized,
    k: Roundoff,
    sums: _Sums,
    e_gamma: Any,
) -> Array:
    """Bound dx = gamma r B, B = g - mean g - xh q, for all forms of the backward pass at once.

    e_B = gamma_6 (|g| + xh' q') + gamma_(m+6) mean|g| + 2 eta      roundings of the three terms
        + xh' e_q + |q| e_xhat                                       the compact form
        + xh' q' (3 e_r/r + gamma_8)      the chain has r^3 where the compact form has xh q r
        + q' r' (e_mean + gamma_(m+1) mean|d|')  the chain's vanishing term, dvar mean(-2 c)
    e_dx = |gamma| (r' e_B + e_r |B| + gamma_5 r' (|B| + e_B)) + underflows, q' = |q| + e_q.
    If t = e_r/r is not small, (1+t)^3 - 1 is still covered: the compact terms contain
    2 t + t^2, and xh' q' the factor (1+t)^2.

    Underflows, each eta times what multiplies it on the way to dx, with c = |d| + e_d:
        r' + r'^3 c mean c                      of g gamma
        r'^3 c                                  of g d and g gamma d
        (m+1)(|B| + e_B)                        of gamma r and gamma r/m
        4 (1 + |gamma|)(1 + r')                 of products with xh, B and gamma
        (1 + |gamma|)(1 + r')^2 (c + r' c)      of dot, dot r, dot r^2 (the chain's dvar)
        |gamma| c sum(|g| c)/m                  of r^3
        |gamma| q' m r'^2                       of c/m, times dvar
    """
    eta, m = k.eta, k.m
    gamma, inv_max = np.abs(values.gamma) + e_gamma, stats.inv_max
    abs_q, abs_bracket = np.abs(values.q), np.abs(values.bracket)
    q_max = abs_q + sums.e_q
    ratio = 3 * stats.e_inv / values.inv + k.gamma(8)
    on_xhat = sums.e_q + q_max * (ratio + k.gamma(6))
    vanishing = q_max * inv_max * (stats.e_mean + k.gamma(m + 1) * stats.spread)
    constant = k.gamma(m + 6) * sums.mean_dy + 2 * eta + vanishing
    e_bracket = k.gamma(6) * sums.abs_dy + norm.xhat_max * on_xhat + abs_q * norm.e_xhat + constant
    bracket_max = abs_bracket + e_bracket

    outer = k.gamma(5) * gamma * inv_max + e_gamma * inv_max + eta * (m + 1)
    one_inv = 1 + inv_max
    twice = 2 * eta * (1 + gamma) * one_inv * one_inv
    on_d = twice * one_inv + eta * (
        gamma * sums.sum_d / m + inv_max * inv_max * inv_max * stats.spread
    )
    rest = eta * (4 * (1 + gamma) * one_inv + gamma * q_max * m * inv_max * inv_max)
    e_dx = gamma * inv_max * e_bracket + gamma * stats.e_inv * abs_bracket + outer * bracket_max
    e_dx = e_dx + on_d * norm.d_max + rest

    # overflow: factors by themselves, gamma r, r^3 and w^1.5; the sums of the chain, in any order
    # of multiplication; m times the bracket
    scale = np.maximum(1, gamma) * np.maximum(1, inv_max * inv_max * inv_max)
    w_max = values.var + stats.e_var + values.eps
    chain = sums.sum_d * scale * np.maximum(1, 2 * stats.span) + m * sums.mean_dy * scale
    largest_term = (sums.abs_dy.max(0) + sums.mean_dy) + norm.xhat_max.max(0) * q_max
    terms = m * np.maximum(1, gamma) * np.maximum(1, inv_max) * largest_term
    biggest = chain + terms + scale + w_max * np.sqrt(w_max) + 2 * m * stats.spread
    return promised(e_dx, sums.fits & (biggest <= k.limit))
