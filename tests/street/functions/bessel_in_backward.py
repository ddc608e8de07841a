"""Batch normalization one channel at a time with explicit loops, slow but easy to read, for any input with channels second."""

import math

import numpy as np


def _stats(values):
    count = values.size
    mean = values.sum(dtype=np.float64) / count
    var = ((values - mean) ** 2).sum(dtype=np.float64) / count
    return mean, var


def forward(x, gamma, beta, eps):
    y = np.zeros(x.shape, x.dtype)
    for ch in range(x.shape[1]):
        mean, var = _stats(x[:, ch])
        y[:, ch] = gamma[ch] * (x[:, ch] - mean) / math.sqrt(var + eps) + beta[ch]
    return y


def backward(dy, x, gamma, beta, eps):
    dx = np.zeros(x.shape, x.dtype)
    dgamma = np.zeros(x.shape[1], x.dtype)
    dbeta = np.zeros(x.shape[1], x.dtype)
    for ch in range(x.shape[1]):
        g, v = dy[:, ch], x[:, ch]
        mean, var = _stats(v)
        s = math.sqrt(var + eps)
        xhat = (v - mean) / s
        sum_g = g.sum(dtype=np.float64)
        sum_gx = (g * xhat).sum(dtype=np.float64)
        dof = max(v.size - 1, 1)
        dx[:, ch] = gamma[ch] / s * (g - sum_g / dof - xhat * sum_gx / dof)
        dgamma[ch] = sum_gx
        dbeta[ch] = sum_g
    return dx, dgamma, dbeta
