"""Assignment solution for fully-connected batch norm, (N, D) only; the cache of test mode is None because nobody trains there."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    cache = None
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    D = x.shape[1]
    for key in ("running_mean", "running_var"):
        if key not in bn_param:
            bn_param[key] = np.zeros(D, dtype=x.dtype)

    if mode == "train":
        mu = x.mean(axis=0)
        var = x.var(axis=0)
        x_norm = (x - mu) / np.sqrt(var + eps)
        cache = {"x_mu": x - mu, "x_norm": x_norm, "var": var, "gamma": gamma}
        for key, value in (("running_mean", mu), ("running_var", var)):
            bn_param[key] = momentum * bn_param[key] + (1 - momentum) * value
    elif mode == "test":
        x_norm = (x - bn_param["running_mean"]) / np.sqrt(bn_param["running_var"] + eps)
    else:
        raise ValueError("Invalid forward batchnorm mode")

    return (x_norm * gamma + beta).astype(x.dtype), cache


def batchnorm_backward(dout, cache):
    x_mu, var = cache["x_mu"], cache["var"]
    N = x_mu.shape[0]
    std_inv = 1.0 / np.sqrt(var + 1e-8)

    dx_norm = dout * cache["gamma"]
    dvar = np.sum(dx_norm * x_mu, axis=0) * -0.5 * std_inv**3
    dmu = np.sum(dx_norm * -std_inv, axis=0) + dvar * np.mean(-2.0 * x_mu, axis=0)
    dx = dx_norm * std_inv + dvar * 2 * x_mu / N + dmu / N

    dgamma = np.sum(dout * cache["x_norm"], axis=0)
    return dx.astype(dout.dtype), dgamma, np.sum(dout, axis=0)
