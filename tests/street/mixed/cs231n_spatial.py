"""Spatial batchnorm from the ConvNets notebook, on top of the vanilla version."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    bn_param.setdefault("running_mean", np.zeros(D, dtype=x.dtype))
    bn_param.setdefault("running_var", np.zeros(D, dtype=x.dtype))

    if mode == "train":
        mu = x.mean(axis=0)
        xc = x - mu
        var = (xc**2).mean(axis=0)
        std = np.sqrt(var + eps)
        xn = xc / std
        for key, new in (("running_mean", mu), ("running_var", var)):
            bn_param[key] = momentum * bn_param[key] + (1 - momentum) * new
        return np.asarray(gamma * xn + beta, dtype=x.dtype), (xn, std, gamma)

    if mode == "test":
        scale = gamma / np.sqrt(bn_param["running_var"] + eps)
        return np.asarray((x - bn_param["running_mean"]) * scale + beta, dtype=x.dtype), None

    raise ValueError("mode should be train or test")


def batchnorm_backward_alt(dout, cache):
    xn, std, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xn).sum(axis=0)
    dx = (gamma / (N * std)) * (N * dout - xn * dgamma - dbeta)
    return np.asarray(dx, dtype=dout.dtype), dgamma, dbeta


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    """x: (N, C, H, W); gamma, beta: (C,)."""
    N, C, H, W = x.shape
    x_flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out_flat, cache = batchnorm_forward(x_flat, gamma, beta, bn_param)
    out = out_flat.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return out, cache


def spatial_batchnorm_backward(dout, cache):
    N, C, H, W = dout.shape
    dout_flat = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx_flat, dgamma, dbeta = batchnorm_backward_alt(dout_flat, cache)
    return dx_flat.reshape(N, H, W, C).transpose(0, 3, 1, 2), dgamma, dbeta
