"""Numerically careful batch normalization of 2-D data, forward and backward."""

import numpy as np


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    X, gamma, beta = (np.asarray(a, dtype=np.float64) for a in (X, gamma, beta))
    mean = X.mean(axis=0, keepdims=True)
    var = np.mean((X - mean) ** 2, axis=0, keepdims=True)
    istd = np.power(var + eps, -0.5)
    hat = (X - mean) * istd
    return hat * gamma + beta, {"hat": hat, "istd": istd, "gamma": gamma}


def batchnorm_backward(dout, cache):
    dout = np.asarray(dout, dtype=np.float64)
    hat = cache["hat"]
    dhat = dout * cache["gamma"]
    mean_d = dhat.mean(axis=0, keepdims=True)
    mean_dh = (dhat * hat).mean(axis=0, keepdims=True)
    dX = cache["istd"] * (dhat - mean_d - hat * mean_dh)
    return dX, np.sum(dout * hat, axis=0), np.sum(dout, axis=0)
