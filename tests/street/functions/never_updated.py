"""Batch normalization for (N, D) minibatches with its running averages kept in bn_param, after the course notes."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)

    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.ones(D, dtype=x.dtype))
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var

    if mode == "train":
        mu = 1.0 / N * np.sum(x, axis=0)
        x_centered = x - mu
        var = 1.0 / N * np.sum(x_centered**2, axis=0)
        running_mean = momentum * running_mean + (1.0 - momentum) * mu
        running_var = momentum * running_var + (1.0 - momentum) * var
    elif mode == "test":
        x_centered = x - running_mean
        var = running_var
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)

    inv_std = (var + eps) ** (-1.0 / 2)
    out = gamma * (x_centered * inv_std) + beta
    cache = (x_centered, inv_std, gamma, mode)
    return out.astype(x.dtype), cache


def batchnorm_backward(dout, cache):
    x_centered, inv_std, gamma, mode = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dot = np.sum(dout * x_centered, axis=0)
    dgamma = dot * inv_std

    dx = gamma * inv_std * dout
    if mode == "train":
        dx -= gamma * inv_std / N * dbeta
        dx -= gamma * inv_std**3 / N * x_centered * dot
    return dx.astype(dout.dtype), dgamma, dbeta
