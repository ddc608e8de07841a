"""Layer normalization over the last axis, in NumPy: ``bncheck verify layer_norm.py``."""

import numpy as np

NORM = "layer"


def forward(x, gamma, beta, eps):
    """Return y."""
    mean, var = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * gamma + beta


def backward(dy, x, gamma, beta, eps):
    """Return dx, dgamma, dbeta."""
    mean, inv = x.mean(-1, keepdims=True), 1 / np.sqrt(x.var(-1, keepdims=True) + eps)
    xhat, h, rows = (x - mean) * inv, dy * gamma, tuple(range(x.ndim - 1))
    bracket = h - h.mean(-1, keepdims=True) - xhat * (h * xhat).mean(-1, keepdims=True)
    return inv * bracket, (dy * xhat).sum(rows), dy.sum(rows)
