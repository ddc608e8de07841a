"""Right but slow: a Python loop over the samples, each summing over all (as beginners write it)."""

import numpy as np


def forward(x, gamma, beta, eps):
    return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + beta


def backward(dy, x, gamma, beta, eps):
    n, xc, inv = len(x), x - x.mean(0), 1 / np.sqrt(x.var(0) + x.dtype.type(eps))
    dx = np.zeros_like(dy)
    for i in range(n):
        dx[i] = dy[i] * inv - np.sum(dy * inv, axis=0) / n
        dx[i] -= np.sum(dy * xc, axis=0) * inv**3 * xc[i] / n
    return gamma * dx, (dy * xc * inv).sum(0), dy.sum(0)


CONVENTION = {"ranks": [2]}
