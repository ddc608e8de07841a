"""Robust batch normalization layer for noisy sensor batches, 2-D arrays (samples, sensors) only."""

import numpy as np


class SensorBatchNorm:
    def __init__(self, n_sensors, eps=1e-5, forget=0.1):
        self.eps = eps
        self.forget = forget
        self.gain = np.ones(n_sensors)
        self.offset = np.zeros(n_sensors)
        self.level = np.zeros(n_sensors)
        self.power = np.ones(n_sensors)

    def forward(self, x, train=True):
        x = np.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)
        if train:
            mean = x.mean(axis=0)
            var = x.var(axis=0)
            self.level = self.level + self.forget * (mean - self.level)
            self.power = self.power + self.forget * (var - self.power)
        else:
            mean, var = self.level, self.power
        self._sigma = np.sqrt(var + self.eps)
        self._unit = (x - mean) / self._sigma
        self._train = train
        return (self.gain * self._unit + self.offset).astype(x.dtype)

    def backward(self, dy):
        self.d_gain = (dy * self._unit).sum(axis=0)
        self.d_offset = dy.sum(axis=0)
        k = self.gain / self._sigma
        if not self._train:
            return (k * dy).astype(dy.dtype)
        rows = dy.shape[0]
        dx = k * (dy - (self._unit * self.d_gain + self.d_offset) / rows)
        return dx.astype(dy.dtype)
