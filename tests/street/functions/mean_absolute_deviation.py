"""Per-channel batch normalization of (N, C) and (N, C, H, W) activations by centring and dividing by the spread."""

import numpy as np


def spread(d):
    """Typical distance from zero, along the last axis."""
    return np.abs(d).mean(axis=-1, keepdims=True)


def channels_first(a):
    return np.moveaxis(a, 1, 0).reshape(a.shape[1], -1)


def channels_back(rows, shape):
    rest = shape[:1] + shape[2:]
    return np.moveaxis(rows.reshape(shape[1:2] + rest), 0, 1)


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    rows = channels_first(X)
    d = rows - rows.mean(axis=-1, keepdims=True)
    a = spread(d)
    s = np.sqrt(a**2 + eps)
    normed = d / s
    out = normed * np.reshape(gamma, (-1, 1)) + np.reshape(beta, (-1, 1))
    return channels_back(out, X.shape).astype(X.dtype), (d, a, s, gamma)


def batchnorm_backward(dout, cache):
    d, a, s, gamma = cache
    g = channels_first(dout)
    normed = d / s
    dgamma, dbeta = (g * normed).sum(axis=-1), g.sum(axis=-1)
    g = g * np.reshape(gamma, (-1, 1))
    ds = -(g * normed).sum(axis=-1, keepdims=True) / s
    da = ds * a / s
    dd = g / s + da * np.sign(d) / d.shape[-1]
    dX = dd - dd.mean(axis=-1, keepdims=True)
    return channels_back(dX, dout.shape).astype(dout.dtype), dgamma, dbeta
