"""Slow but obvious batch normalization that I keep around to compare the fast one with."""

import math

import numpy as np


def _columns(x):
    """One flat list of floats per channel."""
    n, c = x.shape[:2]
    columns = []
    for k in range(c):
        values = []
        for i in range(n):
            values.extend(float(v) for v in np.ravel(x[i, k]))
        columns.append(values)
    return columns


def _put_back(columns, like):
    out = np.empty_like(like)
    n, c = like.shape[:2]
    per_sample = like[0, 0].size
    for k in range(c):
        for i in range(n):
            piece = columns[k][i * per_sample : (i + 1) * per_sample]
            out[i, k] = np.array(piece).reshape(like.shape[2:])
    return out


def slow_forward(x, gamma, beta, eps=1e-5):
    columns = _columns(x)
    result = []
    memo = []
    for k, values in enumerate(columns):
        m = len(values)
        mean = math.fsum(values) / m
        var = math.fsum((v - mean) ** 2 for v in values) / m
        std = math.sqrt(var + eps)
        hat = [(v - mean) / std for v in values]
        result.append([float(gamma[k]) * h + float(beta[k]) for h in hat])
        memo.append((hat, std, float(gamma[k])))
    return _put_back(result, x), memo


def slow_backward(dy, memo):
    grads = []
    dgamma = np.zeros(len(memo), dtype=dy.dtype)
    dbeta = np.zeros(len(memo), dtype=dy.dtype)
    for k, g in enumerate(_columns(dy)):
        hat, std, scale = memo[k]
        m = len(g)
        dgamma[k] = math.fsum(a * b for a, b in zip(g, hat))
        dbeta[k] = math.fsum(g)
        column = []
        for j in range(m):
            total = 0.0
            for i in range(m):
                # d hat_i / d x_j
                entry = (1.0 if i == j else 0.0) - 1.0 / m - hat[i] * hat[j] / m
                total += g[i] * scale * entry / std
            column.append(total)
        grads.append(column)
    return _put_back(grads, dy), dgamma, dbeta
