"""Batch norm whose moments are collected from chunks of eight rows and merged as they come."""

import numpy as np


class RunningMoments:
    def __init__(self, channels):
        self.count = 0
        self.mean = np.zeros(channels)
        self.var = np.zeros(channels)

    def merge(self, chunk):
        n, mean, var = len(chunk), chunk.mean(axis=0), chunk.var(axis=0)
        if self.count == 0:
            self.count, self.mean, self.var = n, mean, var
            return
        total = self.count + n
        delta = mean - self.mean
        m2 = self.var + var + delta**2 * self.count * n / total
        self.mean = self.mean + delta * n / total
        self.var = m2 / total
        self.count = total


class ChunkedBatchNorm:
    def __init__(self, channels, eps=1e-5, momentum=0.1, chunk=8):
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.moving_mean = np.zeros(channels)
        self.moving_var = np.ones(channels)
        self.eps, self.momentum, self.chunk = eps, momentum, chunk

    def __call__(self, x, training=True):
        rows = np.rollaxis(x, 1, x.ndim).reshape(-1, x.shape[1])
        if training:
            got = RunningMoments(x.shape[1])
            for start in range(0, len(rows), self.chunk):
                got.merge(rows[start : start + self.chunk].astype(np.float64))
            mean, var = got.mean, got.var
            self.moving_mean = (1 - self.momentum) * self.moving_mean + self.momentum * mean
            self.moving_var = (1 - self.momentum) * self.moving_var + self.momentum * var
        else:
            mean, var = self.moving_mean, self.moving_var
        view = (1, x.shape[1]) + (1,) * (x.ndim - 2)
        scale = self.gamma / np.sqrt(var + self.eps)
        y = (x - mean.reshape(view)) * scale.reshape(view) + self.beta.reshape(view)
        return y.astype(x.dtype)
