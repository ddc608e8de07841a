"""A layer with a bug that real frameworks have had: the variance as mean(x*x) - mean(x)**2.

One pass over the data instead of two, and right on paper. In floating point the two terms cancel
when the mean is large against the spread; the clamp at zero hides that the result is then noise.
"""

import numpy as np

CONVENTION = {"dtypes": ["float32", "float64"]}


def forward(x, gamma, beta, eps):
    """Normalize with the statistics of the batch."""
    mean, var = _statistics(x)
    return _affine(x, mean, var, gamma, beta, eps)


def backward(dy, x, gamma, beta, eps):
    """Return the gradients of ``sum(dy * y)`` with respect to x, gamma and beta."""
    axes = _axes(x)
    mean, var = _statistics(x)
    inv_std = 1 / np.sqrt(var + x.dtype.type(eps))
    xhat = (x - _wide(mean, x)) * _wide(inv_std, x)
    dbeta = dy.sum(axes)
    dgamma = (dy * xhat).sum(axes)
    m = x.dtype.type(x.size // x.shape[1])
    dx = _wide(gamma * inv_std, x) * (dy - _wide(dbeta / m, x) - xhat * _wide(dgamma / m, x))
    return dx, dgamma, dbeta


def infer(x, gamma, beta, running_mean, running_var, eps):
    """Normalize with the running statistics."""
    return _affine(x, running_mean, running_var, gamma, beta, eps)


def update(x, running_mean, running_var, momentum):
    """Return the running statistics after a batch; momentum weighs the new ones."""
    mean, var = _statistics(x)
    take = x.dtype.type(momentum)
    keep = x.dtype.type(1 - momentum)
    return keep * running_mean + take * mean, keep * running_var + take * var


def _statistics(x):
    mean = x.mean(_axes(x))
    mean_square = (x * x).mean(_axes(x))
    return mean, np.maximum(mean_square - mean * mean, 0)


def _affine(x, mean, var, gamma, beta, eps):
    scale = gamma / np.sqrt(var + x.dtype.type(eps))
    return (x - _wide(mean, x)) * _wide(scale, x) + _wide(beta, x)


def _axes(x):
    return tuple(axis for axis in range(x.ndim) if axis != 1)


def _wide(values, x):
    return values.reshape(1, -1, *(1,) * (x.ndim - 2))
