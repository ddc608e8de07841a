"""Batch normalization as plain functions on (N, C) or (N, C, H, W) arrays, recomputing statistics where they are needed."""

import numpy as np

SMALLEST = 1e-5  # same as CUDNN_BN_MIN_EPSILON


def _guard(eps):
    return max(eps, SMALLEST)


def _to_rows(a):
    """(N, C, ...) -> (m, C)"""
    return np.moveaxis(a, 1, -1).reshape(-1, a.shape[1])


def _from_rows(rows, shape):
    n, c, *space = shape
    return np.moveaxis(rows.reshape(n, *space, c), -1, 1)


def _standardize(rows, mean, var, eps):
    rstd = 1.0 / np.sqrt(var + _guard(eps))
    return (rows - mean) * rstd, rstd


def forward(x, gamma, beta, eps):
    rows = _to_rows(x)
    z, _ = _standardize(rows, rows.mean(axis=0), rows.var(axis=0), eps)
    return _from_rows(gamma * z + beta, x.shape).astype(x.dtype, copy=False)


def backward(dy, x, gamma, beta, eps):
    rows, grad = _to_rows(x), _to_rows(dy)
    z, rstd = _standardize(rows, rows.mean(axis=0), rows.var(axis=0), eps)
    dbeta = grad.sum(axis=0)
    dgamma = (grad * z).sum(axis=0)
    m = rows.shape[0]
    dx = gamma * rstd * (grad - dbeta / m - z * (dgamma / m))
    return _from_rows(dx, x.shape).astype(x.dtype, copy=False), dgamma, dbeta


def infer(x, gamma, beta, running_mean, running_var, eps):
    z, _ = _standardize(_to_rows(x), running_mean, running_var, eps)
    return _from_rows(gamma * z + beta, x.shape).astype(x.dtype, copy=False)


def infer_backward(dy, x, gamma, beta, running_mean, running_var, eps):
    grad = _to_rows(dy)
    z, rstd = _standardize(_to_rows(x), running_mean, running_var, eps)
    dx = _from_rows(grad * (gamma * rstd), x.shape).astype(x.dtype, copy=False)
    return dx, (grad * z).sum(axis=0), grad.sum(axis=0)


def update(x, running_mean, running_var, momentum):
    """momentum is the weight of the new batch (0.1 is usual)."""
    rows = _to_rows(x)
    m = rows.shape[0]
    var = rows.var(axis=0) * (m / max(m - 1, 1))
    return (
        running_mean + momentum * (rows.mean(axis=0) - running_mean),
        running_var + momentum * (var - running_var),
    )
