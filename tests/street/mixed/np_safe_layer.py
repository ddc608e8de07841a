"""Batch norm layer from my RL code, where training used to blow up now and then."""

import numpy as np


class SafeBatchNorm:
    def __init__(self, n_channels, eps=1e-5, tau=0.01):
        self.w = np.ones(n_channels)
        self.b = np.zeros(n_channels)
        self.eps = eps
        self.tau = tau  # weight of the new batch
        self.avg_mean = np.zeros(n_channels)
        self.avg_var = np.ones(n_channels)

    def forward(self, x, train=True):
        self.red = tuple(k for k in range(x.ndim) if k != 1)
        self.col = np.s_[None, :] + (None,) * (x.ndim - 2)
        if train:
            mean, var = x.mean(self.red), x.var(self.red)
            self.avg_mean += self.tau * (mean - self.avg_mean)
            self.avg_var += self.tau * (var - self.avg_var)
        else:
            mean, var = self.avg_mean.copy(), self.avg_var.copy()
        self.istd = (1 / np.sqrt(var + self.eps))[self.col]
        self.unit = (x - mean[self.col]) * self.istd
        self.train = train
        return (self.w[self.col] * self.unit + self.b[self.col]).astype(x.dtype)

    def backward(self, dy):
        self.dw = np.sum(dy * self.unit, axis=self.red)
        self.db = np.sum(dy, axis=self.red)
        du = dy * self.w[self.col]
        if self.train:
            proj = np.mean(du * self.unit, axis=self.red, keepdims=True)
            du = du - np.mean(du, axis=self.red, keepdims=True) - self.unit * proj
        dx = np.clip(du * self.istd, -5.0, 5.0)
        return dx.astype(dy.dtype)
