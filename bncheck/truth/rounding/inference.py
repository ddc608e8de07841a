"""Bounds for inference mode, where the statistics are given and every channel is affine."""

from typing import Any

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms, Roundoff, promised, roundoff, stored
from bncheck.truth.rounding.narrow import enlarged, is_told_narrow, more, narrow_roundoff
from bncheck.truth.rounding.values import Inference, InferenceBounds


def inference_bounds(values: Inference, algorithms: Algorithms) -> InferenceBounds:
    """Bound the errors of every algorithm of the class in inference mode.

    With d = x - running_mean, r = 1/sqrt(w), w = running_var + eps, r' = r + e_r, g = dy:

    e_xhat = |d| e_r + gamma_2 |d| r' + gamma_4 (|x| + |rm|) r' + 2 eta    centred or folded
    e_y = |gamma| e_xhat + gamma_2 (|gamma| xh' + |beta|) + u |beta| + underflows
    e_dx = |g gamma| e_r + gamma_3 |g gamma| r' + eta (2 + |gamma| + |g| + r')  in any order
    e_dgamma = sum|g| e_xhat + gamma_(m+2) sum|g| xh' + 2 m eta (1 + r')
    e_dbeta = (m-1) u sum|g|

    as derived for training mode (see `bncheck.truth.rounding.training`). Parameters and statistics
    finer than the arithmetic are rounded on the way in. Raises nothing; inf: no promise.
    """
    with np.errstate(all="ignore"):
        return _bounds(values, algorithms)


def _bounds(wide: Inference, algorithms: Algorithms) -> InferenceBounds:
    values = wide
    k = roundoff(values.x.dtype, values.x.shape[0], algorithms.accumulates)
    if narrow := is_told_narrow(values, algorithms):
        k = enlarged(k, k.m)
    m, u, eta = k.m, k.u, k.eta
    held, kept = algorithms.accumulates, algorithms.parameters
    converts = kept.unit_roundoff < held.unit_roundoff
    convert = u if converts else 0
    e_inv = _inverse_root(wide, k, convert)
    if narrow:
        values, k = wide.narrowed, narrow_roundoff(k)
        u, eta, e_inv = k.u, k.eta, (e_inv * more(k.m)).astype(np.float64)
        convert = u if converts else 0
    inv_max = values.inv + e_inv
    gamma, beta, abs_mean = np.abs(values.gamma), np.abs(values.beta), values.abs_mean
    e_gamma, e_mean = (convert * (t + eta / u) for t in (gamma, abs_mean))
    gamma = gamma + e_gamma

    # coefficients of the rows first: they are (C,), the arrays are (m, C)
    abs_x, abs_d = values.abs_x, values.abs_d
    folded = k.gamma(4) * inv_max
    constant = (1 + k.gamma(2)) * e_mean * inv_max + folded * (abs_mean + e_mean) + 2 * eta
    e_xhat = abs_d * (e_inv + k.gamma(2) * inv_max) + (folded * abs_x + constant)
    xhat_max = values.abs_xhat + e_xhat
    reach = abs_x.max(0) + abs_mean + e_mean

    constant = (k.gamma(2) + u + convert) * beta + eta * (5 + gamma + inv_max + 2 * reach)
    e_y = gamma * e_xhat + (k.gamma(2) * gamma + e_gamma) * xhat_max + constant
    slope = gamma * inv_max
    w = values.running_var + values.eps
    # an inverse root may be taken as sqrt(1/w)
    biggest = reach + w + inv_max * (np.maximum(1, reach) + inv_max)
    fits = (biggest <= k.limit) & (values.eps <= k.limit)
    fits_y = fits & ((slope + gamma) * np.maximum(1, reach) + beta <= k.limit)

    @np.errstate(all="ignore")
    def gradients() -> tuple[Array, Array, Array]:
        abs_dy = values.abs_dy
        by_dy = gamma * e_inv + k.gamma(3) * slope + e_gamma * inv_max + eta
        e_dx = by_dy * abs_dy + eta * (2 + gamma + inv_max)
        sum_dy, sum_xhat = abs_dy.sum(0), (abs_dy * xhat_max).sum(0)
        e_dgamma = (abs_dy * e_xhat).sum(0) + k.gamma(m + 2) * sum_xhat
        e_dgamma = e_dgamma + 2 * m * eta * (1 + inv_max)
        e_dbeta = promised((m - 1) * u * sum_dy, sum_dy <= k.limit)
        fits_dx = fits & ((gamma + inv_max + slope) * abs_dy.max(0) + slope <= k.limit)
        sum_d = (abs_dy * abs_d).sum(0) + sum_dy * e_mean
        fits_dgamma = fits & (sum_xhat + sum_d <= k.limit)
        return (
            stored(values.abs_dx, e_dx, held, algorithms.storage, fits_dx),
            stored(np.abs(values.dgamma), e_dgamma, held, kept, fits_dgamma),
            stored(np.abs(values.dbeta), e_dbeta, held, kept),
        )

    return InferenceBounds(stored(values.abs_y, e_y, held, algorithms.storage, fits_y), gradients)


def _inverse_root(values: Inference, k: Roundoff, convert: Any) -> Array:
    """Return e_r: ``fl(running_var + fl(eps))`` is within e_w of w, the root takes gamma_5.

    As in training mode, the difference of roots is written as a quotient. A sum that is not
    clearly positive promises nothing.
    """
    eps, r = values.eps, values.inv
    w = values.running_var + eps
    convert_var = convert * (np.abs(values.running_var) + k.eta / k.u)
    input_error = k.u * eps + k.eta + convert_var
    e_w = input_error + k.u * (w + input_error)
    least = w - e_w
    low, root = np.sqrt(least), np.sqrt(w)
    relative = k.gamma(5)
    e_inv = r * e_w / (low * (low + root)) * (1 + relative) + relative * r
    return np.where(least > 0, e_inv, np.inf)
