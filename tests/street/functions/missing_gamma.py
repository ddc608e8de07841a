"""batchnorm_forward and batchnorm_backward on (N, D) data for my course notes, with PyTorch's momentum (0.1 of the new value)."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    params = {"eps": 1e-5, "momentum": 0.1, **bn_param}
    if params["mode"] == "train":
        mean, var = x.mean(0), x.var(0)
        w, n = params["momentum"], x.shape[0]
        sample_var = var * n / (n - 1) if n > 1 else var
        bn_param["running_mean"] = (1 - w) * params.get("running_mean", 0 * mean) + w * mean
        bn_param["running_var"] = (1 - w) * params.get("running_var", 0 * var + 1) + w * sample_var
        whitened, denom = _whiten(x, mean, var, params["eps"])
    elif params["mode"] == "test":
        whitened, denom = _whiten(x, params["running_mean"], params["running_var"], params["eps"])
    else:
        raise ValueError("unknown mode")
    out = whitened * gamma + beta
    return out.astype(x.dtype), (params["mode"], whitened, denom)


def _whiten(x, mean, var, eps):
    denom = np.sqrt(var + eps)
    return (x - mean) / denom, denom


def batchnorm_backward(dout, cache):
    mode, whitened, denom = cache
    dgamma = np.sum(dout * whitened, axis=0)
    dbeta = np.sum(dout, axis=0)
    if mode == "test":
        dx = dout / denom
    else:
        n = dout.shape[0]
        dx = (n * dout - dbeta - whitened * dgamma) / (n * denom)
    return dx.astype(dout.dtype), dgamma, dbeta
