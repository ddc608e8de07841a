"""BatchNorm for (N, C) and (N, C, H, W) that views everything as (N, C, L)."""

import numpy as np


class BatchNorm:
    def __init__(self, channels, momentum=0.9, eps=1e-5):
        self.channels = channels
        self.momentum = momentum
        self.eps = eps
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.run_mean = np.zeros(channels)
        self.run_var = np.ones(channels)
        self.train_mode = True

    def forward(self, x):
        x3 = x.reshape(x.shape[0], self.channels, -1)
        count = x3.shape[0] * x3.shape[2]
        if self.train_mode:
            total = x3.sum(axis=(0, 2))
            total_sq = (x3 * x3).sum(axis=(0, 2))
            mean = total / count
            var = total_sq / count - mean * mean
            self.run_mean = self.momentum * self.run_mean + (1 - self.momentum) * mean
            self.run_var = self.momentum * self.run_var + (1 - self.momentum) * var
        else:
            mean, var = self.run_mean, self.run_var
        istd = 1 / np.sqrt(var + self.eps)
        xhat = (x3 - mean[:, None]) * istd[:, None]
        y = xhat * self.gamma[:, None] + self.beta[:, None]
        self.saved = xhat, istd, count if self.train_mode else None
        return y.reshape(x.shape).astype(x.dtype)

    def backward(self, dy):
        xhat, istd, count = self.saved
        dy3 = dy.reshape(xhat.shape)
        self.dbeta = dy3.sum(axis=(0, 2))
        self.dgamma = (dy3 * xhat).sum(axis=(0, 2))
        dx = dy3
        if count is not None:
            dx = dx - (self.dbeta[:, None] + xhat * self.dgamma[:, None]) / count
        dx = dx * (self.gamma * istd)[:, None]
        return dx.reshape(dy.shape).astype(dy.dtype)
