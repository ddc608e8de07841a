"""Robust batch normalization of tabular data: 2-D arrays only, one column a feature."""

import numpy as np


def _clean(x):
    return np.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)


def _zscore(table, centre, variance, eps):
    spread = np.sqrt(variance + eps)
    return (table - centre) / spread, spread


def forward(x, gamma, beta, eps):
    table = _clean(x)
    z, _ = _zscore(table, table.mean(axis=0), table.var(axis=0), eps)
    return (z * gamma + beta).astype(x.dtype, copy=False)


def backward(dy, x, gamma, beta, eps):
    table = _clean(x)
    z, spread = _zscore(table, table.mean(axis=0), table.var(axis=0), eps)
    dz = dy * gamma
    dx = (dz - dz.mean(axis=0) - z * (dz * z).mean(axis=0)) / spread
    return dx.astype(x.dtype, copy=False), (dy * z).sum(axis=0), dy.sum(axis=0)


def infer(x, gamma, beta, running_mean, running_var, eps):
    z, _ = _zscore(_clean(x), running_mean, running_var, eps)
    return (z * gamma + beta).astype(x.dtype, copy=False)


def update(x, running_mean, running_var, momentum):
    """New value counts with `momentum`, as in PyTorch; the variance is the unbiased one."""
    table = _clean(x)
    ddof = 1 if len(table) > 1 else 0
    new_mean = running_mean * (1 - momentum) + table.mean(axis=0) * momentum
    new_var = running_var * (1 - momentum) + table.var(axis=0, ddof=ddof) * momentum
    return new_mean, new_var
