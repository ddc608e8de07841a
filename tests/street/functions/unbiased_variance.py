"""Batch norm in the cs231n calling convention, any (N, C, ...) array, statistics computed with NumPy's own reductions."""

import numpy as np


def _count_and_axes(x):
    axes = tuple(np.delete(np.arange(x.ndim), 1))
    return int(np.prod([x.shape[a] for a in axes])), axes


def _expand(v, x):
    return np.expand_dims(v, tuple(np.delete(np.arange(x.ndim), 1)))


def batchnorm_forward(x, gamma, beta, bn_param):
    count, axes = _count_and_axes(x)
    ddof = 1 if count > 1 else 0
    eps = bn_param.get("eps", 1e-5)

    if bn_param["mode"] == "train":
        momentum = bn_param.get("momentum", 0.9)
        mean = x.mean(axis=axes)
        var = x.var(axis=axes, ddof=ddof)
        for name, stat, start in (("running_mean", mean, 0), ("running_var", var, 1)):
            previous = bn_param.get(name, np.full_like(stat, start))
            bn_param[name] = momentum * previous + (1 - momentum) * stat
    elif bn_param["mode"] == "test":
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    else:
        raise ValueError("mode is %s" % bn_param["mode"])

    rstd = _expand(1 / np.sqrt(var + eps), x)
    xhat = (x - _expand(mean, x)) * rstd
    out = xhat * _expand(gamma, x) + _expand(beta, x)
    return out.astype(x.dtype), (xhat, rstd, gamma, ddof, bn_param["mode"])


def batchnorm_backward(dout, cache):
    xhat, rstd, gamma, ddof, mode = cache
    count, axes = _count_and_axes(dout)
    dxhat = dout * _expand(gamma, dout)
    dgamma, dbeta = np.sum(dout * xhat, axis=axes), np.sum(dout, axis=axes)
    if mode == "test":
        return (dxhat * rstd).astype(dout.dtype), dgamma, dbeta
    via_mean = dxhat.mean(axis=axes, keepdims=True)
    via_var = xhat * (dxhat * xhat).sum(axis=axes, keepdims=True) / (count - ddof)
    return ((dxhat - via_mean - via_var) * rstd).astype(dout.dtype), dgamma, dbeta
