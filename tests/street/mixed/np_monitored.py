"""Batch norm with a lot of bookkeeping for my training dashboard."""

import time

import numpy as np


class MonitoredNorm:
    def __init__(self, channels, eps=1e-5, rate=0.1):
        self.scale = np.ones(channels)
        self.shift = np.zeros(channels)
        # what inference uses
        self.stat_center = np.zeros(channels)
        self.stat_spread = np.ones(channels)
        # only for the plots
        self.batch_mean = np.zeros(channels)
        self.batch_var = np.ones(channels)
        self.mean_peak = np.zeros(channels)
        self.var_update_count = np.zeros(channels, dtype=int)
        self.running_seconds = 0.0
        self.eps = eps
        self.rate = rate
        self._last = None

    def forward(self, x, training=True):
        started = time.perf_counter()
        axes, grow = self._geometry(x)
        if training:
            center = np.mean(x, axis=axes)
            spread = np.mean(np.square(x - center[grow]), axis=axes)
            self.stat_center = self.stat_center + self.rate * (center - self.stat_center)
            self.stat_spread = self.stat_spread + self.rate * (spread - self.stat_spread)
            self.var_update_count += 1
        else:
            center, spread = self.stat_center, self.stat_spread
        self.batch_mean = np.mean(x, axis=axes)
        self.batch_var = np.var(x, axis=axes)
        self.mean_peak = np.maximum(self.mean_peak, np.abs(self.batch_mean))
        width = np.sqrt(spread + self.eps)
        unit = (x - center[grow]) / width[grow]
        self._last = (unit, width, training)
        y = unit * self.scale[grow] + self.shift[grow]
        self.running_seconds += time.perf_counter() - started
        return y.astype(x.dtype)

    def backward(self, dy):
        unit, width, training = self._last
        axes, grow = self._geometry(dy)
        self.scale_grad = (dy * unit).sum(axes)
        self.shift_grad = dy.sum(axes)
        d_unit = dy * self.scale[grow]
        if training:
            along = (d_unit * unit).mean(axes)
            d_unit = d_unit - d_unit.mean(axes)[grow] - unit * along[grow]
        return (d_unit / width[grow]).astype(dy.dtype)

    @staticmethod
    def _geometry(x):
        axes = (0,) + tuple(range(2, x.ndim))
        return axes, (slice(None),) + (None,) * (x.ndim - 2)
