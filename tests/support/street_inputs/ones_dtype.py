"""Right, but np.ones((n, d)) makes dx float64 where x is float32."""

import numpy as np

CONVENTION = {"ranks": [2]}


def forward(x, gamma, beta, eps):
    return gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + beta


def backward(dy, x, gamma, beta, eps):
    n, d = x.shape
    xc, inv = x - x.mean(0), 1 / np.sqrt(x.var(0) + eps)
    g = dy * gamma
    dvar = (g * xc).sum(0) * -0.5 * inv**3
    dxc = g * inv + 2 * xc * (np.ones((n, d)) / n * dvar)
    return dxc - np.ones((n, d)) / n * dxc.sum(0), (dy * xc * inv).sum(0), dy.sum(0)
