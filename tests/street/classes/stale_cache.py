"""Batch normalization with a cache dictionary between the passes, both for vectors (m, C) and images (N, C, H, W)."""

import numpy as np


class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.eps = eps
        self.momentum = momentum
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.cache = {}

    def _save(self, **tensors):
        for name, value in tensors.items():
            self.cache.setdefault(name, value)

    def _rows(self, t):
        return t.swapaxes(1, -1).reshape(-1, t.shape[1]) if t.ndim > 2 else t

    def _image(self, rows, shape):
        if len(shape) == 2:
            return rows
        n, c, h, w = shape
        return rows.reshape(n, w, h, c).swapaxes(1, -1)

    def forward(self, x, training=True):
        r = self._rows(x)
        if training:
            mean, var = r.mean(0), r.var(0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var
        std = np.sqrt(var + self.eps)
        xhat = (r - mean) / std
        self._save(xhat=xhat, std=std, training=training)
        return self._image(self.gamma * xhat + self.beta, x.shape).astype(x.dtype)

    def backward(self, dy):
        d = self._rows(dy)
        xhat, std = self.cache["xhat"], self.cache["std"]
        self.dbeta = d.sum(0)
        self.dgamma = (d * xhat).sum(0)
        if self.cache["training"]:
            m = d.shape[0]
            dx = self.gamma / (m * std) * (m * d - self.dbeta - xhat * self.dgamma)
        else:
            dx = self.gamma / std * d
        return self._image(dx, dy.shape).astype(dy.dtype)
