"""Batch norm of padded sequences: positions that the mask leaves out do not count."""

import numpy as np

CONVENTION = {"mask": True, "ranks": [3]}


def forward(x, mask, gamma, beta, eps):
    """Normalize (N, C, L) with the statistics of the positions where mask, (N, L), is 1."""
    keep = mask[:, None, :].astype(x.dtype)
    count = x.dtype.type(mask.sum())
    mean = (x * keep).sum((0, 2), keepdims=True) / count
    centred = (x - mean) * keep
    var = (centred * centred).sum((0, 2), keepdims=True) / count
    xhat = centred / np.sqrt(var + x.dtype.type(eps))
    return xhat * gamma[:, None] + beta[:, None]


def backward(dy, x, mask, gamma, beta, eps):
    """Return dx, dgamma, dbeta; dx is 0 where the mask is."""
    keep = mask[:, None, :].astype(x.dtype)
    count = x.dtype.type(mask.sum())
    centred = (x - (x * keep).sum((0, 2), keepdims=True) / count) * keep
    inverse = 1 / np.sqrt((centred**2).sum((0, 2), keepdims=True) / count + x.dtype.type(eps))
    xhat, dy = centred * inverse, dy * keep
    dgamma, dbeta = (dy * xhat).sum((0, 2)), dy.sum((0, 2))
    dx = dy - (dbeta[:, None] + xhat * dgamma[:, None]) / count
    return gamma[:, None] * inverse * dx * keep, dgamma, dbeta
