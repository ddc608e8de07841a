"""The end of a residual block in one kernel: y = max(BN(x) + residual, 0)."""

import numpy as np

CONVENTION = {"adds": True, "activation": "relu"}


def forward(x, residual, gamma, beta, eps):
    """Return max(BN(x) + residual, 0)."""
    axes, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    var = x.var(axes, keepdims=True)
    xhat = (x - x.mean(axes, keepdims=True)) / np.sqrt(var + x.dtype.type(eps))
    return np.maximum(xhat * gamma.reshape(shape) + beta.reshape(shape) + residual, 0)
