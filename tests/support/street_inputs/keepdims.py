"""cs231n's functions, right, with keepdims=True: statistics and gradients of shape (1, C)."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, a = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm, rv = bn_param["running_mean"], bn_param["running_var"]
    if bn_param["mode"] == "test":
        return gamma * (x - rm) / np.sqrt(rv + eps) + beta, None
    mu, var = x.mean(0, keepdims=True), x.var(0, keepdims=True)
    bn_param["running_mean"], bn_param["running_var"] = (
        a * rm + (1 - a) * mu,
        a * rv + (1 - a) * var,
    )
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    return gamma * xhat + beta, (xhat, std, gamma)


def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    g = dout * gamma
    dx = (g - g.mean(0) - xhat * (g * xhat).mean(0)) / std
    return dx, (dout * xhat).sum(0, keepdims=True), dout.sum(0, keepdims=True)
