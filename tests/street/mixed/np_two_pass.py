"""Batch normalization for my small nets, forward and backward, for any number of trailing axes."""

import numpy as np


def _axes(x):
    return (0,) + tuple(range(2, x.ndim))


def _per_channel(v, x):
    return np.asarray(v).reshape((1, -1) + (1,) * (x.ndim - 2))


def bn_forward(x, gamma, beta, eps=1e-5):
    ax = _axes(x)
    m = x.size // x.shape[1]
    mu = x.sum(axis=ax) / m
    centred = x - _per_channel(mu, x)
    var = (centred**2).sum(axis=ax) / m
    inv = 1.0 / np.sqrt(var + eps)
    xhat = centred * _per_channel(inv, x)
    y = _per_channel(gamma, x) * xhat + _per_channel(beta, x)
    return y.astype(x.dtype), (xhat, inv, gamma)


def bn_backward(dy, saved):
    xhat, inv, gamma = saved
    ax = _axes(dy)
    m = dy.size // dy.shape[1]
    dbeta = dy.sum(axis=ax)
    dgamma = (dy * xhat).sum(axis=ax)
    inner = m * dy - _per_channel(dbeta, dy) - xhat * _per_channel(dgamma, dy)
    dx = _per_channel(gamma * inv / m, dy) * inner
    return dx.astype(dy.dtype), dgamma, dbeta


def bn_inference(x, gamma, beta, mean, var, eps=1e-5):
    z = (x - _per_channel(mean, x)) / np.sqrt(_per_channel(var, x) + eps)
    return (_per_channel(gamma, x) * z + _per_channel(beta, x)).astype(x.dtype)
