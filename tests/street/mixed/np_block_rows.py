"""Batch norm written for blocks of 16 rows, as a model of the accelerator kernel."""

import numpy as np

BLOCK = 16


def _blocks(x):
    """(N, C, ...) to (blocks, 16, C)."""
    c = x.shape[1]
    rows = np.moveaxis(x, 1, -1).reshape(-1, c)
    short = -len(rows) % BLOCK
    rows = np.concatenate([rows, np.zeros((short, c), dtype=x.dtype)])
    return rows.reshape(-1, BLOCK, c)


def _unblock(blocks, like):
    c = like.shape[1]
    m = like.size // c
    rows = blocks.reshape(-1, c)[:m]
    rows = rows.reshape((like.shape[0],) + like.shape[2:] + (c,))
    return np.moveaxis(rows, -1, 1).astype(like.dtype)


def batchnorm_fwd(x, gamma, beta, eps=1e-5):
    tiles = _blocks(x)
    total = tiles.shape[0] * BLOCK
    mean = tiles.sum(axis=1).sum(axis=0) / total
    var = ((tiles - mean) ** 2).sum(axis=1).sum(axis=0) / total
    rstd = 1.0 / np.sqrt(var + eps)
    hat = (tiles - mean) * rstd
    return _unblock(hat * gamma + beta, x), (hat, rstd, gamma, total)


def batchnorm_bwd(dy, saved):
    hat, rstd, gamma, total = saved
    g = _blocks(dy)
    dbeta = g.sum(axis=1).sum(axis=0)
    dgamma = (g * hat).sum(axis=1).sum(axis=0)
    dx = gamma * rstd * (g - dbeta / total - hat * dgamma / total)
    return _unblock(dx, dy), dgamma, dbeta
