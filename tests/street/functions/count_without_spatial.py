"""Batch normalization as in cs231n, extended so that the same two functions also take images (N, C, H, W)."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    C = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(C, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(C, dtype=x.dtype))

    axis = (0, 2, 3) if x.ndim == 4 else (0,)
    shape = (1, C, 1, 1) if x.ndim == 4 else (1, C)

    if mode == "train":
        mean = np.mean(x, axis=axis)
        var = np.var(x, axis=axis)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        mean, var = running_mean, running_var
    else:
        raise ValueError('Invalid forward batchnorm mode "%s"' % mode)

    std = np.sqrt(var + eps).reshape(shape)
    x_hat = (x - mean.reshape(shape)) / std
    out = gamma.reshape(shape) * x_hat + beta.reshape(shape)

    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out.astype(x.dtype), (x_hat, std, gamma.reshape(shape), axis, mode)


def batchnorm_backward(dout, cache):
    x_hat, std, gamma, axis, mode = cache
    N = dout.shape[0]
    dgamma = np.sum(dout * x_hat, axis=axis)
    dbeta = np.sum(dout, axis=axis)

    dx_hat = dout * gamma
    if mode == "test":
        return (dx_hat / std).astype(dout.dtype), dgamma, dbeta
    sum_d = np.sum(dx_hat, axis=axis, keepdims=True)
    sum_dx = np.sum(dx_hat * x_hat, axis=axis, keepdims=True)
    dx = (dx_hat - (sum_d + x_hat * sum_dx) / N) / std
    return dx.astype(dout.dtype), dgamma, dbeta
