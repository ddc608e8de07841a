"""Batch norm that finds out the number of channels when it sees the first batch."""

import numpy as np


class LazyBatchNorm:
    def __init__(self, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.weight = None
        self.bias = None
        self.running_mean = None
        self.running_var = None

    def _materialize(self, x):
        c = x.shape[1]
        if self.weight is None:
            self.weight = np.ones(c, dtype=x.dtype)
        if self.bias is None:
            self.bias = np.zeros(c, dtype=x.dtype)
        if self.running_mean is None:
            self.running_mean = np.zeros(c, dtype=x.dtype)
            self.running_var = np.ones(c, dtype=x.dtype)

    def __call__(self, x, training=True):
        self._materialize(x)
        last = np.moveaxis(x, 1, -1)
        lead = tuple(range(last.ndim - 1))
        if training:
            mean = last.mean(axis=lead)
            dev = last - mean
            var = np.mean(dev * dev, axis=lead)
            self.running_mean = self.running_mean * (1 - self.momentum) + mean * self.momentum
            self.running_var = self.running_var * (1 - self.momentum) + var * self.momentum
        else:
            dev = last - self.running_mean
            var = self.running_var
        root = np.sqrt(var + self.eps)
        self.cache = dev / root, root, training
        y = self.cache[0] * self.weight + self.bias
        return np.moveaxis(y, -1, 1).astype(x.dtype)

    def grad(self, dy):
        """dx, dweight, dbias for the last call."""
        hat, root, training = self.cache
        g = np.moveaxis(dy, 1, -1)
        lead = tuple(range(g.ndim - 1))
        dweight, dbias = np.sum(g * hat, axis=lead), np.sum(g, axis=lead)
        t = g * self.weight
        if training:
            m = hat.size // hat.shape[-1]
            t = t - self.weight * dbias / m - hat * (self.weight * dweight / m)
        return np.moveaxis(t / root, -1, 1).astype(dy.dtype), dweight, dbias
