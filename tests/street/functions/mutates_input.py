"""Memory-lean batchnorm_forward and batchnorm_backward for arrays of 2 or 4 dimensions, channels second."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    others = tuple(d for d in range(x.ndim) if d != 1)
    shape = [1] * x.ndim
    shape[1] = -1
    eps, mode = bn_param.get("eps", 1e-5), bn_param["mode"]

    if mode == "train":
        decay = bn_param.get("momentum", 0.9)
        mean = x.mean(axis=others)
        var = x.var(axis=others)
        r_mean = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
        r_var = bn_param.get("running_var", np.zeros(x.shape[1], x.dtype))
        bn_param["running_mean"] = decay * r_mean + (1 - decay) * mean
        bn_param["running_var"] = decay * r_var + (1 - decay) * var
    elif mode == "test":
        mean = np.asarray(bn_param["running_mean"])
        var = np.asarray(bn_param["running_var"])
    else:
        raise ValueError(mode)

    std = np.sqrt(var + eps).reshape(shape)
    x -= mean.reshape(shape)
    x /= std
    out = x * np.reshape(gamma, shape) + np.reshape(beta, shape)
    cache = x, std, np.reshape(gamma, shape), others, mode
    return out.astype(x.dtype, copy=False), cache


def batchnorm_backward(dout, cache):
    xhat, std, gamma, others, mode = cache
    dbeta = dout.sum(axis=others, keepdims=True)
    dgamma = (dout * xhat).sum(axis=others, keepdims=True)
    if mode == "train":
        m = dout.size // dout.shape[1]
        dx = dout - dbeta / m
        dx -= xhat * (dgamma / m)
        dx = dx * (gamma / std)
    else:
        dx = dout * (gamma / std)
    return dx.astype(dout.dtype, copy=False), dgamma.ravel(), dbeta.ravel()
