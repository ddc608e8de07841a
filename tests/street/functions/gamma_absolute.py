"""Batch norm over everything but axis 1, written with einsum, where the scale is meant to stay positive."""

import numpy as np


def _fold(a):
    # batch, channel, location; sums are done in double
    return np.asarray(a, dtype=np.float64).reshape(a.shape[0], a.shape[1], -1)


def _col(v):
    return np.asarray(v, dtype=np.float64)[None, :, None]


def _batch_moments(x3):
    n, _, locations = x3.shape
    count = n * locations
    mean = np.einsum("ncl->c", x3) / count
    centred = x3 - _col(mean)
    var = np.einsum("ncl,ncl->c", centred, centred) / count
    return mean, var, count


def _scale(gamma):
    return np.abs(np.asarray(gamma, dtype=np.float64))


def forward(x, gamma, beta, eps):
    x3 = _fold(x)
    mean, var, _ = _batch_moments(x3)
    weight = _scale(gamma) / np.sqrt(var + eps)
    y = np.einsum("ncl,c->ncl", x3 - _col(mean), weight) + _col(beta)
    return y.reshape(x.shape).astype(x.dtype)


def backward(dy, x, gamma, beta, eps):
    x3, g3 = _fold(x), _fold(dy)
    mean, var, count = _batch_moments(x3)
    rstd = 1 / np.sqrt(var + eps)
    xhat = (x3 - _col(mean)) * _col(rstd)
    total = np.einsum("ncl->c", g3)
    corr = np.einsum("ncl,ncl->c", g3, xhat)
    dx = g3 - _col(total / count) - xhat * _col(corr / count)
    dx *= _col(_scale(gamma) * rstd)
    dgamma = np.sign(gamma) * corr
    return dx.reshape(x.shape).astype(x.dtype), dgamma.astype(x.dtype), total.astype(x.dtype)


def infer(x, gamma, beta, running_mean, running_var, eps):
    weight = _scale(gamma) / np.sqrt(np.asarray(running_var, dtype=np.float64) + eps)
    y = np.einsum("ncl,c->ncl", _fold(x) - _col(running_mean), weight) + _col(beta)
    return y.reshape(x.shape).astype(x.dtype)
