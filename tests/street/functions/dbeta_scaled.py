"""Batch norm with a compact gradient for (N, C), (N, C, L) and (N, C, H, W) arrays."""

import numpy as np


def _swap(x):
    """Channels first and the rest in one long axis: (C, m)."""
    return x.swapaxes(0, 1).reshape(x.shape[1], -1)


def _unswap(t, shape):
    return t.reshape((shape[1], shape[0]) + tuple(shape[2:])).swapaxes(0, 1)


def forward(x, gamma, beta, eps):
    t = _swap(x)
    t = t - t.mean(1, keepdims=True)
    t = t / np.sqrt((t * t).mean(1, keepdims=True) + eps)
    return _unswap(t * gamma[:, None] + beta[:, None], x.shape).astype(x.dtype)


def backward(dy, x, gamma, beta, eps):
    d, t = _swap(dy), _swap(x)
    z = t - t.mean(1, keepdims=True)
    s = np.sqrt((z * z).mean(1, keepdims=True) + eps)
    z = z / s
    dz = d * gamma[:, None]
    dgamma, dbeta = (d * z).sum(1), dz.sum(1)
    dx = (dz - dz.mean(1, keepdims=True) - z * (dz * z).mean(1, keepdims=True)) / s
    return _unswap(dx, x.shape).astype(x.dtype), dgamma, dbeta


def infer(x, gamma, beta, running_mean, running_var, eps):
    z = (_swap(x) - running_mean[:, None]) / np.sqrt(running_var[:, None] + eps)
    return _unswap(z * gamma[:, None] + beta[:, None], x.shape).astype(x.dtype)


def infer_backward(dy, x, gamma, beta, running_mean, running_var, eps):
    d = _swap(dy)
    s = np.sqrt(running_var[:, None] + eps)
    z = (_swap(x) - running_mean[:, None]) / s
    dz = d * gamma[:, None]
    return _unswap(dz / s, x.shape).astype(x.dtype), (d * z).sum(1), dz.sum(1)
