"""Batch norm and its gradient for fully connected and convolutional layers, channels in axis 1."""

import numpy as np


def _normalise(x, epsilon=1e-5):
    axes = (0,) if x.ndim == 2 else (0, 2, 3)
    mean = x.mean(axis=axes, keepdims=True)
    std = np.sqrt(x.var(axis=axes, keepdims=True) + epsilon)
    return (x - mean) / std, std, axes


def batch_norm(x, scale, shift, epsilon=1e-5):
    z, std, axes = _normalise(x)
    scale = np.reshape(scale, std.shape)
    y = scale * z + np.reshape(shift, std.shape)
    return y.astype(x.dtype), {"z": z, "factor": scale / std, "axes": axes}


def batch_norm_grad(dout, cache):
    z, axes = cache["z"], cache["axes"]
    dscale = (dout * z).sum(axis=axes)
    dshift = dout.sum(axis=axes)
    dx = dout - dout.mean(axis=axes, keepdims=True)
    dx = dx - z * (dout * z).mean(axis=axes, keepdims=True)
    return (dx * cache["factor"]).astype(dout.dtype), dscale, dshift
