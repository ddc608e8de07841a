"""The formulas of batch normalization, as NumPy functions over axis 0.

Printed from the expressions that the symbolic wing derives and proves for every batch size: do
not edit, but change `bncheck.symbolic.programs` and print again.

They take the centred batch ``c = x - mean(x)`` and ``w = var(x) + eps`` rather than x, because
how the statistics are computed is a matter of rounding and not of algebra. Shapes: batches are
``(m, C)``, everything else ``(C,)``. Constants are Python integers, so that the dtype is kept.
"""

from typing import NamedTuple

import numpy as np

from bncheck.model.formats import Array


class Forward(NamedTuple):
    """``inv = 1/sqrt(w)`` ``(C,)``, ``xhat = c inv`` and ``y = gamma xhat + beta``."""

    inv: Array
    xhat: Array
    y: Array


class Backward(NamedTuple):
    """Gradients, with the terms they are made of: see `backward`."""

    dy_mean: Array
    q: Array
    bracket: Array
    dx: Array
    dgamma: Array
    dbeta: Array


def forward(centered: Array, w: Array, gamma: Array, beta: Array) -> Forward:
    """Normalize, scale and shift (Ioffe & Szegedy 2015, Algorithm 1)."""
    inv = 1 / np.sqrt(w)
    xhat = centered * inv
    y = gamma * xhat + beta
    return Forward(inv, xhat, y)


def backward(centered: Array, w: Array, gamma: Array, dy: Array) -> Backward:
    """``dx = gamma inv (dy - mean(dy) - xhat q)``, ``q = mean(dy xhat)``, ``dgamma = m q``.

    The six displayed equations of Ioffe & Szegedy 2015, section 3, collected (theorem B01).
    """
    m = dy.shape[0]
    inv = 1 / np.sqrt(w)
    xhat = centered * inv
    dbeta = dy.sum(0)
    dgamma = (dy * xhat).sum(0)
    dy_mean = dbeta / m
    q = dgamma / m
    bracket = dy - dy_mean - xhat * q
    dx = gamma * inv * bracket
    return Backward(dy_mean, q, bracket, dx, dgamma, dbeta)


def inference(centered: Array, w: Array, gamma: Array, beta: Array) -> Forward:
    """The same map with ``c = x - running_mean`` and ``w = running_var + eps`` (Algorithm 2)."""
    inv = 1 / np.sqrt(w)
    xhat = centered * inv
    y = gamma * xhat + beta
    return Forward(inv, xhat, y)


def inference_backward(
    centered: Array, w: Array, gamma: Array, dy: Array
) -> tuple[Array, Array, Array]:
    """Gradients of `inference`: the statistics are constants (theorem B19)."""
    inv = 1 / np.sqrt(w)
    xhat = centered * inv
    dx = gamma * inv * dy
    dgamma = (dy * xhat).sum(0)
    dbeta = dy.sum(0)
    return dx, dgamma, dbeta


def jvp(centered: Array, w: Array, gamma: Array, tangent: Array) -> Array:
    """Directional derivative of y along ``tangent`` ``(m, C)``: the Jacobian is symmetric (B12)."""
    inv = 1 / np.sqrt(w)
    xhat = centered * inv
    t_mean = tangent.mean(0)
    q = (tangent * xhat).mean(0)
    bracket = tangent - t_mean - xhat * q
    dy: Array = gamma * inv * bracket
    return dy


def double_backward(
    centered: Array, w: Array, gamma: Array, dy: Array, weights: Array
) -> tuple[Array, Array, Array]:
    """Gradients of ``F = <weights, dx>`` with respect to x, dy and gamma (theorem B21).

    With a = weights and b = dy, both centred, and means over the batch,
    ``dF/dx = -(gamma/w) (mean(a b) xhat + mean(xhat b) a + mean(xhat a) b
    - 3 mean(xhat a) mean(xhat b) xhat)``; ``dF/d dy`` is the Jacobian applied to weights, and
    ``dF/d gamma = <weights, dx/gamma>``: the second derivative of xhat, contracted.
    """
    inv = 1 / np.sqrt(w)
    xhat = centered * inv
    a = weights - weights.mean(0)
    b = dy - dy.mean(0)
    with_a = (xhat * a).mean(0)
    with_b = (xhat * b).mean(0)
    together = (a * b).mean(0)
    among = together * xhat + with_b * a + with_a * b - 3 * with_a * with_b * xhat
    by_x = -gamma * inv * inv * among
    by_dy = gamma * inv * (a - xhat * with_a)
    b_scaled = inv * (b - xhat * with_b)
    by_gamma = (weights * b_scaled).sum(0)
    return by_x, by_dy, by_gamma


def rms_backward(x: Array, w: Array, h: Array) -> tuple[Array, Array, Array]:
    """RMS normalization: ``dx = inv (h - z q)``, ``z = x inv``, ``q = mean(h z)``.

    ``w = mean(x^2) + eps``, and ``h = gamma dy``, since gamma varies inside a set (Zhang & Sennrich
    2019, section 3). The Jacobian of z is symmetric, so this is its derivative along h as well.
    """
    inv = 1 / np.sqrt(w)
    z = x * inv
    q = (h * z).mean(0)
    bracket = h - z * q
    dx = inv * bracket
    return q, bracket, dx


def rms_double_backward(x: Array, w: Array, h: Array, weights: Array) -> tuple[Array, Array]:
    """Gradients of ``F = <weights, dx>`` of `rms_backward` with respect to x and h."""
    inv = 1 / np.sqrt(w)
    z = x * inv
    q = (h * z).mean(0)
    with_weights = (weights * z).mean(0)
    together = (weights * h).mean(0)
    among = together * z + q * weights + with_weights * h - 3 * with_weights * q * z
    by_x = -inv * inv * among
    by_h = inv * (weights - z * with_weights)
    return by_x, by_h


def running(old: Array, statistic: Array, weight: float) -> Array:
    """One step of the moving average: ``(1 - weight) old + weight statistic`` (theorem I03)."""
    new: Array = (1 - weight) * old + weight * statistic
    return new
