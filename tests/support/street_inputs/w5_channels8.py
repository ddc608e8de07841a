"""A vectorised kernel that takes only C % 8 == 0 and NHWC memory and refuses anything else (ValueError)."""

import numpy as np


def forward(x, gamma, beta, eps):
    if x.ndim != 4 or x.shape[1] % 8:
        raise ValueError("C must be a multiple of 8")
    mu = x.mean((0, 2, 3), keepdims=True)
    var = x.var((0, 2, 3), keepdims=True)
    v = lambda a: a.reshape(1, -1, 1, 1)
    return (x - mu) / np.sqrt(var + x.dtype.type(eps)) * v(gamma) + v(beta)
