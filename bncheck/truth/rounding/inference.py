"""Bounds for inference mode, where the statistics are given and every channel is affine."""

from typing import Any

import numpy as np

from bncheck.model.formats import Array
from bncheck.truth.rounding.algorithms import Algorithms, Roundoff, promised, roundoff, stored
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


def _bounds(values: Inference, algorithms: Algorithms) -> InferenceBounds:
    k = roundoff(values.x.dtype, values.x.shape[0], algorithms.accumulates)
    m, u, eta = k.m, k.u, k.eta
    held, kept = algorithms.accumulates, algorithms.parameters
    convert = u if kept.unit_roundoff < held.unit_roundoff else 0
    e_inv = _inverse_root(values, k, convert)
    inv_max = values.inv + e_inv
    abs_x, abs_dy = np.abs(values.x), np.abs(values.dy)
    gamma, beta, abs_mean = np.abs(values.gamma), np.abs(values.beta), np.abs(values.running_mean)
    e_gamma, e_mean = (convert * (t + eta / u) for t in (gamma, abs_mean))
    gamma = gamma + e_gamma

    abs_d = np.abs(values.x - values.running_mean)
    d_max = abs_d + e_mean
    folded = k.gamma(4) * inv_max
    e_xhat = abs_d * e_inv + (k.gamma(2) * d_max + e_mean) * inv_max
    e_xhat = e_xhat + folded * (abs_x + abs_mean + e_mean) + 2 * eta
    xhat_max = np.abs(values.xhat) + e_xhat
    reach = abs_x.max(0) + abs_mean + e_mean

    constant = (k.gamma(2) + u + convert) * beta + eta * (5 + gamma + inv_max + 2 * reach)
    e_y = gamma * e_xhat + (k.gamma(2) * gamma + e_gamma) * xhat_max + constant
    product = gamma * abs_dy
    e_dx = product * e_inv + k.gamma(3) * product * inv_max + e_gamma * abs_dy * inv_max
    e_dx = e_dx + eta * (2 + gamma + abs_dy + inv_max)
    sum_dy, sum_xhat = abs_dy.sum(0), (abs_dy * xhat_max).sum(0)
    e_dgamma = (abs_dy * e_xhat).sum(0) + k.gamma(m + 2) * sum_xhat + 2 * m * eta * (1 + inv_max)
    e_dbeta = promised((m - 1) * u * sum_dy, sum_dy <= k.limit)

    slope = gamma * inv_max
    w = values.running_var + values.eps
    # an inverse root may be taken as sqrt(1/w)
    biggest = reach + w + inv_max * (np.maximum(1, reach) + inv_max)
    fits = (biggest <= k.limit) & (values.eps <= k.limit)
    fits_y = fits & ((slope + gamma) * np.maximum(1, reach) + beta <= k.limit)
    fits_dx = fits & ((gamma + inv_max + slope) * abs_dy.max(0) + slope <= k.limit)
    fits_dgamma = fits & (sum_xhat + (abs_dy * d_max).sum(0) <= k.limit)
    return InferenceBounds(
        y=stored(values.y, promised(e_y, fits_y), held, algorithms.storage),
        dx=stored(values.dx, promised(e_dx, fits_dx), held, algorithms.storage),
        dgamma=stored(values.dgamma, promised(e_dgamma, fits_dgamma), held, kept),
        dbeta=stored(values.dbeta, e_dbeta, held, kept),
    )


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
