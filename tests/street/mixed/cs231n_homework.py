"""Batchnorm for assignment 2, with the simplified backward pass derived on paper."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))

    if bn_param["mode"] == "train":
        mu = np.sum(x, axis=0) / N
        x_center = x - mu
        var = np.sum(x_center * x_center, axis=0) / N
        ivar = 1.0 / np.sqrt(var + eps)
        x_hat = x_center * ivar
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mu
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
        cache = {"x_hat": x_hat, "ivar": ivar}
    elif bn_param["mode"] == "test":
        x_hat = (x - running_mean) / np.sqrt(running_var + eps)
        cache = None
    else:
        raise ValueError("unknown mode %s" % bn_param["mode"])
    return (x_hat * gamma + beta).astype(x.dtype), cache


def batchnorm_backward(dout, cache):
    x_hat, ivar = cache["x_hat"], cache["ivar"]
    dbeta = np.mean(dout, axis=0)
    dgamma = np.mean(dout * x_hat, axis=0)
    dx = ivar * (dout - dbeta - x_hat * dgamma)
    return dx.astype(dout.dtype), dgamma, dbeta
