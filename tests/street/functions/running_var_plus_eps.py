"""Batch normalization layer of a two-layer net homework, vectors only (N, D)."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    running_mean = bn_param.get("running_mean", np.zeros(x.shape[1], dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(x.shape[1], dtype=x.dtype))

    cache = {"mode": mode, "gamma": gamma}
    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0) + eps
        cache["std"] = np.sqrt(var)
        cache["xn"] = (x - mean) / cache["std"]
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        cache["std"] = np.sqrt(running_var + eps)
        cache["xn"] = (x - running_mean) / cache["std"]
    else:
        raise ValueError(f"unknown mode {mode}")

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    out = cache["xn"] * gamma + beta
    return out.astype(x.dtype), cache


def batchnorm_backward(dout, cache):
    xn, std, gamma = cache["xn"], cache["std"], cache["gamma"]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xn).sum(axis=0)
    dxn = dout * gamma
    dx = dxn / std
    if cache["mode"] == "train":
        dx = dx - dx.mean(axis=0)
        dx = dx - xn * (dxn * xn).mean(axis=0) / std
    return dx.astype(dout.dtype), dgamma, dbeta
