"""Batch norm for the MLP exercise, (N, D) batches, with the arithmetic done as the GPU version does it."""

import numpy as np

WORK = np.float32


def _work(*arrays):
    return [np.asarray(a).astype(WORK) for a in arrays]


def batchnorm_forward(x, gamma, beta, bn_param):
    data, g, b = _work(x, gamma, beta)
    eps = WORK(bn_param.get("eps", 1e-5))
    momentum = bn_param.get("momentum", 0.9)
    width = x.shape[1]
    running_mean = bn_param.get("running_mean", np.zeros(width, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(width, dtype=x.dtype))

    training = bn_param["mode"] == "train"
    if training:
        mean, var = data.mean(axis=0), data.var(axis=0)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    else:
        mean, var = _work(running_mean, running_var)

    std = np.sqrt(var + eps)
    normed = (data - mean) / std
    out = g * normed + b
    return out.astype(x.dtype), (normed, std, g, training)


def batchnorm_backward(dout, cache):
    normed, std, g, training = cache
    (d,) = _work(dout)
    dgamma = (d * normed).sum(axis=0)
    dbeta = d.sum(axis=0)
    dx = g / std * d
    if training:
        dx -= g / std * (dbeta + normed * dgamma) / WORK(len(d))
    return tuple(r.astype(dout.dtype) for r in (dx, dgamma, dbeta))
