"""Batch normalization of feature vectors, shape (N, D) only, sharing one code path between training and test time."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param.get("mode", "train")
    if mode not in ("train", "test"):
        raise ValueError("mode?")
    eps = bn_param.get("eps", 1e-5)
    alpha = 1 - bn_param.get("momentum", 0.9)

    batch_mean = np.average(x, axis=0)
    batch_var = np.average(np.square(x - batch_mean), axis=0)
    running_mean = bn_param.setdefault("running_mean", np.zeros_like(batch_mean))
    running_var = bn_param.setdefault("running_var", np.ones_like(batch_var))

    use_mean, use_var = (batch_mean, batch_var) if mode == "train" else (running_mean, running_var)
    rsig = np.reciprocal(np.sqrt(use_var + eps))
    xhat = (x - use_mean) * rsig
    y = xhat * gamma + beta

    bn_param["running_mean"] = running_mean + alpha * (batch_mean - running_mean)
    bn_param["running_var"] = running_var + alpha * (batch_var - running_var)
    return y.astype(x.dtype), dict(xhat=xhat, rsig=rsig, gamma=gamma, frozen=mode == "test")


def batchnorm_backward(dout, cache):
    xhat = cache["xhat"]
    dbeta = dout.sum(0)
    dgamma = (dout * xhat).sum(0)
    grad = dout * cache["gamma"]
    if not cache["frozen"]:
        grad = grad - np.average(grad, axis=0) - xhat * np.average(grad * xhat, axis=0)
    return (grad * cache["rsig"]).astype(dout.dtype), dgamma, dbeta
