"""I read the rows one at a time so the statistics never need the whole batch in one piece."""

import numpy as np


class StreamingBatchNorm:
    def __init__(self, channels, eps=1e-5, momentum=0.1):
        self.weight = np.ones(channels)
        self.bias = np.zeros(channels)
        self.eps = eps
        self.momentum = momentum
        self.running_mean = np.zeros(channels)
        self.running_var = np.ones(channels)
        self.grad_weight = None
        self.grad_bias = None
        self._saved = None

    @staticmethod
    def _to_rows(x):
        return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])

    @staticmethod
    def _from_rows(rows, like):
        moved = (like.shape[0],) + like.shape[2:] + (like.shape[1],)
        return np.moveaxis(rows.reshape(moved), -1, 1).astype(like.dtype)

    def forward(self, x, training=True):
        rows = self._to_rows(x)
        if training:
            count = 0
            mean = np.zeros(rows.shape[1])
            m2 = np.zeros(rows.shape[1])
            for row in rows:
                count += 1
                before = row - mean
                mean = mean + before / count
                m2 = m2 + before * (row - mean)
            var = m2 / count
            self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
            self.running_var = self.running_var + self.momentum * (var - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        rstd = (var + self.eps) ** -0.5
        normed = (rows - mean) * rstd
        self._saved = (normed, rstd, training)
        return self._from_rows(normed * self.weight + self.bias, x)

    def backward(self, dy):
        normed, rstd, training = self._saved
        g = self._to_rows(dy)
        self.grad_weight = (g * normed).sum(0)
        self.grad_bias = g.sum(0)
        g = g * self.weight
        if training:
            g = g - g.mean(0) - normed * (g * normed).mean(0)
        return self._from_rows(g * rstd, dy)
