"""Bounds for the statistics of a batch: mean, variance, inverse deviation.

Symbols, per channel: d = x - mean, v = var, w = v + eps, r = 1/sqrt(w), xh = d r, g = dy,
A = mean|x|, X = max|x|, D = max|d|, ``e_t`` a bound on the error of t, and t' = |t| + e_t. u, eta
and ``gamma_k`` are those of the arithmetic (see `bncheck.truth.rounding.algorithms.Roundoff`).
A sum of m terms, in any order, is off by at most ``(m-1) u sum|t|`` (Jeannerod & Rump 2013,
Improved error bounds for inner products in floating-point arithmetic, Theorem 3.1).
"""

import math
from dataclasses import dataclass

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms, Roundoff
from bncheck.truth.rounding.values import Training


@dataclass(frozen=True)
class Statistics:
    """Bounds on mean, var and inv, and what later bounds are made of, each ``(C,)``.

    inv_max: r'; reach: X + |mean| + e_mean; span: D + e_mean; spread: mean|d| + e_d
    fits_mean, fits: nothing overflows up to the mean, up to inv
    clamped: only that no variance is negative keeps the inverse deviation finite, or less; the
        bounds are then no longer superlinear in the unit roundoff
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
    clamped: Array


def statistics_bounds(
    values: Training, algorithms: Algorithms, k: Roundoff, sizes: Training | None = None
) -> Statistics:
    """Bound mean, variance and inverse deviation, for every algorithm of the class.

    sizes: whose ``of_x`` and ``of_d`` are taken, where these are told in another dtype

    The overflow guards name every intermediate quantity: sums of ``|x|``; squared deviations,
    from the mean, between means (Chan's delta^2) and, where promised, from x0 or from 0; the
    squared sum of the computed deviations (Chan's correction); r, and 1/w as in sqrt(1/w).
    """
    if not values.norm.centred:
        return _mean_square_bounds(values, k, sizes or values)
    m, sizes = k.m, sizes or values
    (mean_x, max_x), (mean_d, max_d) = sizes.of_x, sizes.of_d
    abs_mean, var = np.abs(values.mean), values.var
    shifted = algorithms.variance == "shifted"
    if shifted:  # x0 + mean(x - x0), |x - x0| <= |x| + X
        mean_x = mean_x + max_x
    e_mean, worst_mean = _mean_errors(mean_x, max_x, abs_mean, k)
    e_var, below = _variance(values, algorithms, k, e_mean, worst_mean, max_d)
    e_inv, inv_max, clamped = _inverse_root(values, k, e_var, below)
    span = max_d + e_mean
    reach = max_x + abs_mean + e_mean
    spread = (mean_d + e_mean) * (1 + k.u)
    squares = m * (var + e_var) + 4 * span * span
    if shifted:  # |x - x0| <= 2 D
        squares = squares + 4 * m * span * span
    if algorithms.variance == "one-pass":
        squares = squares + m * (var + abs_mean * abs_mean)
    drift = m * (e_mean + k.gamma(m) * spread)
    biggest = np.maximum(squares, drift * drift) + inv_max * inv_max + inv_max + values.eps
    fits_mean = np.maximum(m * mean_x + m, reach) <= k.limit
    return Statistics(
        e_mean=e_mean,
        e_var=e_var,
        e_inv=e_inv,
        inv_max=inv_max,
        reach=reach,
        span=span,
        spread=spread,
        fits_mean=fits_mean,
        fits=fits_mean & (biggest <= k.limit),
        clamped=clamped,
    )


def _mean_square_bounds(values: Training, k: Roundoff, sizes: Training) -> Statistics:
    """Bound the mean square and its inverse root, for norms that take no mean off.

    e_v = gamma_(m+8) v + 4 eta: m squares and their sum in any order, the division or a product
    with a rounded 1/m, and three roundings more where x is first divided by X, so that nothing
    overflows. A computed mean square is never negative. X^2 stands for what is added, and m.
    """
    (mean_x, max_x), zero = sizes.of_x, np.zeros_like(values.var)
    e_var = k.gamma(k.m + 8) * values.var + 4 * k.eta
    e_inv, inv_max, clamped = _inverse_root(values, k, e_var, zero)
    biggest = k.m * (values.var + e_var) + inv_max * inv_max + inv_max + values.eps + k.m
    fits = np.maximum(biggest, max_x * max_x) <= k.limit
    return Statistics(
        e_mean=zero,
        e_var=e_var,
        e_inv=e_inv,
        inv_max=inv_max,
        reach=max_x,
        span=max_x,
        spread=mean_x * (1 + k.u),
        fits_mean=fits,
        fits=fits,
        clamped=clamped,
    )


def _mean_errors(mean_x: Array, max_x: Array, abs_mean: Array, k: Roundoff) -> tuple[Array, Array]:
    """Return e_mean, and E for the worst of the intermediate means of merging algorithms.

    e_mean = (m + h) u A + gamma_3 |mean|' + (m/2 + 2) eta. Summing costs (m-1) u A, and the
    division by m, perhaps as a product with a rounded 1/m, gamma_3. In Welford's recurrence
    ``mu_k = mu_(k-1) + (x_k - mu_(k-1)) n_b/k`` (Chan: a product with a rounded weight) step k
    adds ``3 u |x_k - mu_(k-1)|/k + u |mu_k| + eta``, weighted by k/m in the end; as
    ``k |mu_k| <= m A``, these sum to ``u A (m + h)``, h = 3 (1 + H_(m-1)), H_n the harmonic
    numbers. Balanced merging has log2 m levels that add at most 4 u A each, which is less.
    Errors made early are themselves rounded later: the factor 1 + gamma_(m+h). For m = 1 the
    mean is x.

    E is for a prefix or block: there m A still bounds ``k |mu_k|``, but the mean of ``|x|`` may
    be as large as X, so E = u (m A + h X) (1 + gamma_(m+h)) + (m/2 + 2) eta.
    """
    m = k.m
    if m == 1:
        return np.zeros_like(abs_mean), np.zeros_like(abs_mean)
    h = _merging(m)
    again = k.u * (1 + k.gamma(m + h))
    summed, underflow = (m + h) * again * mean_x, (m / 2 + 2) * k.eta
    e_mean = summed + k.gamma(3) * (abs_mean + summed) + underflow
    return e_mean, again * (m * mean_x + h * max_x) + underflow


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
    1983). Welford and Chan, with E as in `_mean_errors` and s = sqrt(v): in
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


def _inverse_root(
    values: Training, k: Roundoff, e_var: Array, below: Array
) -> tuple[Array, Array, Array]:
    """Return e_inv, r + e_inv, and where the least w is not ``w - e_w``.

    The computed ``fl(var + fl(eps))`` is within e_w = e_var + u eps + eta + u (w + e_var +...)
    of w, and not below ``(eps (1-u) - eta - below)(1-u)``; its inverse root takes gamma_5, for
    two units in the last place or two roundings. Differences of roots are written as quotients:
    ``1/sqrt(w-a) - 1/sqrt(w) = r a / (sqrt(w-a) (sqrt(w-a) + sqrt(w)))``, falling in a.
    """
    u, eta, eps, r = k.u, k.eta, values.eps, values.inv
    w = values.var + eps
    input_error = e_var + u * eps + eta
    e_w = input_error + u * (w + input_error)
    lower, floor = w - e_w, (eps * (1 - 2 * u) - eta - below) * (1 - u)
    least = np.maximum(lower, floor)
    low, root, high = np.sqrt(least), np.sqrt(w), np.sqrt(w + e_w)
    above = r * np.maximum(w - least, 0) / (low * (low + root))
    under = r * e_w / (high * (high + root))
    relative = k.gamma(5)
    e_inv = np.maximum(above, under) * (1 + relative) + relative * r
    e_inv = np.where(least > 0, e_inv, np.inf)
    return e_inv, r + e_inv, floor > lower
