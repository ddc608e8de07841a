"""Compact batchnorm_forward and batchnorm_backward for (N, D) arrays, usable in both modes."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    if bn_param["mode"] == "train":
        rho = bn_param.get("momentum", 0.9)
        mean, var = x.mean(axis=0), x.var(axis=0)
        old_mean = bn_param.get("running_mean", np.zeros_like(mean))
        old_var = bn_param.get("running_var", np.zeros_like(var))
        bn_param["running_mean"] = rho * old_mean + (1 - rho) * mean
        bn_param["running_var"] = rho * old_var + (1 - rho) * var
    elif bn_param["mode"] == "test":
        mean = bn_param.get("running_mean", np.zeros(x.shape[1]))
        var = bn_param.get("running_var", np.zeros(x.shape[1]))
    else:
        raise ValueError("bn_param['mode'] is neither 'train' nor 'test'")

    inv = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mean) * inv
    return (gamma * x_hat + beta).astype(x.dtype), (x_hat, gamma * inv)


def batchnorm_backward(dout, cache):
    x_hat, slope = cache
    dgamma = np.einsum("nd,nd->d", dout, x_hat)
    dbeta = np.einsum("nd->d", dout)
    dx = slope * (dout - (x_hat * dgamma + dbeta) / len(dout))
    return dx.astype(dout.dtype), dgamma, dbeta
