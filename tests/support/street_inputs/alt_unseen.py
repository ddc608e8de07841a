"""cs231n functions, right but for batchnorm_backward_alt, which is plainly wrong (returns zeros for dx)."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, a = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm, rv = bn_param["running_mean"], bn_param["running_var"]
    if bn_param["mode"] == "test":
        return gamma * (x - rm) / np.sqrt(rv + eps) + beta, None
    mu, var = x.mean(0), x.var(0)
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
    return (g - g.mean(0) - xhat * (g * xhat).mean(0)) / std, (dout * xhat).sum(0), dout.sum(0)


def batchnorm_backward_alt(dout, cache):
    return 0 * dout, (dout * cache[0]).sum(0), dout.sum(0)
