"""Batch norm whose moments are put together from halves, the way a cluster would do it."""

from typing import NamedTuple

import numpy as np

LEAF = 32


class Moments(NamedTuple):
    n: int
    mean: np.ndarray
    ssd: np.ndarray  # sum of squared deviations


def _leaf(rows):
    mean = rows.mean(axis=0)
    return Moments(len(rows), mean, np.square(rows - mean).sum(axis=0))


def _join(a, b):
    n = a.n + b.n
    gap = b.mean - a.mean
    return Moments(n, a.mean + gap * (b.n / n), a.ssd + b.ssd + gap * gap * (a.n * b.n / n))


def moments(rows):
    if len(rows) <= LEAF:
        return _leaf(rows)
    half = len(rows) // 2
    return _join(moments(rows[:half]), moments(rows[half:]))


def batch_norm(x, scale, shift, eps=1e-5):
    """x is (N, C) or (N, C, ...). Returns the output, the batch mean and the batch variance."""
    channels = x.shape[1]
    rows = x.reshape(x.shape[0], channels, -1).transpose(0, 2, 1).reshape(-1, channels)
    got = moments(rows)
    var = got.ssd / got.n
    spread = np.sqrt(var + eps)
    shape = [1] * x.ndim
    shape[1] = channels
    out = (x - got.mean.reshape(shape)) / spread.reshape(shape)
    out = out * np.reshape(scale, shape) + np.reshape(shift, shape)
    return out.astype(x.dtype, copy=False), got.mean, var
