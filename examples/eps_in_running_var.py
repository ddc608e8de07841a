"""A layer whose running variance already contains eps, which inference then adds once more.

Training is right, so the loss goes down as it should; only what is deployed is off, and most
where a channel's variance is small. Seen where a helper returns ``var + eps`` for both uses.
"""

import numpy as np

CONVENTION = {"momentum_weighs": "new", "running_var": "biased"}
EPS = 1e-5


def forward(x, gamma, beta, eps):
    """Normalize with the statistics of the batch."""
    mean, safe_var = _statistics(x, eps)
    return _normalize(x, mean, safe_var, gamma, beta)


def infer(x, gamma, beta, running_mean, running_var, eps):
    """Normalize with the running statistics."""
    return _normalize(x, running_mean, running_var + x.dtype.type(eps), gamma, beta)


def update(x, running_mean, running_var, momentum):
    """Return the running statistics after a batch."""
    mean, safe_var = _statistics(x, EPS)
    take = x.dtype.type(momentum)
    keep = x.dtype.type(1 - momentum)
    return keep * running_mean + take * mean, keep * running_var + take * safe_var


def _statistics(x, eps):
    axes = (0, *range(2, x.ndim))
    mean = x.mean(axes)
    var = np.square(x - _wide(mean, x)).mean(axes)
    return mean, var + x.dtype.type(eps)


def _normalize(x, mean, safe_var, gamma, beta):
    return (x - _wide(mean, x)) * _wide(gamma / np.sqrt(safe_var), x) + _wide(beta, x)


def _wide(values, x):
    return values.reshape(1, -1, *(1,) * (x.ndim - 2))
