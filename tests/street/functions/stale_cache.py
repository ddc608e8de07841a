"""Batch norm for the toy framework of the post, any (N, C, ...) array, with workspaces that are allocated once for each shape."""

import numpy as np

_workspaces = {}


def batchnorm_forward(X, gamma, beta, eps=1e-5):
    reduce_over = (0,) + tuple(range(2, X.ndim))
    mean = X.mean(axis=reduce_over, keepdims=True)
    std = np.sqrt(X.var(axis=reduce_over, keepdims=True) + eps)
    normed = (X - mean) / std
    weight = np.reshape(gamma, mean.shape)
    out = normed * weight + np.reshape(beta, mean.shape)

    key = X.shape, X.dtype.str
    if key not in _workspaces:
        _workspaces[key] = {
            "normed": normed.copy(),
            "slope": np.array(weight / std),
            "axes": reduce_over,
        }
    return out.astype(X.dtype, copy=False), _workspaces[key]


def batchnorm_backward(dout, cache):
    normed, axes = cache["normed"], cache["axes"]
    dbeta = dout.sum(axis=axes, keepdims=True)
    dgamma = (dout * normed).sum(axis=axes, keepdims=True)
    m = dout.size // dout.shape[1]
    dX = cache["slope"] * (dout - (dbeta + normed * dgamma) / m)
    return dX.astype(dout.dtype, copy=False), dgamma.reshape(-1), dbeta.reshape(-1)
