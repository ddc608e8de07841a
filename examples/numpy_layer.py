"""Batch normalization in NumPy, as plain functions: two passes, any rank, float32 and float64.

x is ``(m, C)`` or ``(N, C, *spatial)``; gamma, beta and the running statistics are ``(C,)``.
Formulas: Ioffe & Szegedy, "Batch Normalization" (2015), algorithm 1 and section 3.
"""

import numpy as np

CONVENTION = {
    "momentum_weighs": "new",
    "running_var": "unbiased",
    "one_value": "beta",
    "output": "centered",
    "variance": "stable",
}


def forward(x, gamma, beta, eps):
    """Normalize with the statistics of the batch."""
    centered, var = _moments(x)
    inv_std = 1 / np.sqrt(var + _like(eps, x))
    return centered * (_wide(gamma, x) * inv_std) + _wide(beta, x)


def backward(dy, x, gamma, beta, eps):
    """Return the gradients of ``sum(dy * y)`` with respect to x, gamma and beta."""
    axes = _axes(x)
    centered, var = _moments(x)
    inv_std = 1 / np.sqrt(var + _like(eps, x))
    xhat = centered * inv_std
    dbeta = dy.sum(axes)
    dgamma = (dy * xhat).sum(axes)
    # mean and variance depend on x as well, hence the two subtracted terms
    mean_dy = dy.mean(axes, keepdims=True)
    mean_dy_xhat = (dy * xhat).mean(axes, keepdims=True)
    dx = _wide(gamma, x) * inv_std * (dy - mean_dy - xhat * mean_dy_xhat)
    return dx, dgamma, dbeta


def infer(x, gamma, beta, running_mean, running_var, eps):
    """Normalize with the running statistics."""
    inv_std = 1 / np.sqrt(running_var + _like(eps, x))
    return (x - _wide(running_mean, x)) * _wide(gamma * inv_std, x) + _wide(beta, x)


def infer_backward(dy, x, gamma, beta, running_mean, running_var, eps):
    """Return the gradients of `infer`; its statistics are constants."""
    axes = _axes(x)
    inv_std = _wide(1 / np.sqrt(running_var + _like(eps, x)), x)
    xhat = (x - _wide(running_mean, x)) * inv_std
    return dy * (_wide(gamma, x) * inv_std), (dy * xhat).sum(axes), dy.sum(axes)


def update(x, running_mean, running_var, momentum):
    """Return the running statistics after a batch; one value per channel leaves the variance."""
    keep, take = _like(1 - momentum, x), _like(momentum, x)
    new_mean = keep * running_mean + take * x.mean(_axes(x))
    m = x.size // x.shape[1]
    if m == 1:
        return new_mean, running_var.copy()
    unbiased = _moments(x)[1].ravel() * _like(m / (m - 1), x)
    return new_mean, keep * running_var + take * unbiased


def _moments(x):
    axes = _axes(x)
    centered = x - x.mean(axes, keepdims=True)
    return centered, (centered * centered).mean(axes, keepdims=True)


def _axes(x):
    return tuple(axis for axis in range(x.ndim) if axis != 1)


def _wide(values, x):
    return values.reshape(1, -1, *(1,) * (x.ndim - 2))


def _like(number, x):
    return x.dtype.type(number)
