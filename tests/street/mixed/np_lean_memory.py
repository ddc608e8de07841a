"""Batch norm that allocates as little as it can, for training on my old laptop."""

import numpy as np


class LeanBatchNorm:
    def __init__(self, channels, eps=1e-5, momentum=0.9, dtype=np.float32):
        self.gamma = np.ones(channels, dtype)
        self.beta = np.zeros(channels, dtype)
        self.rmean = np.zeros(channels, dtype)
        self.rvar = np.ones(channels, dtype)
        self.eps = eps
        self.momentum = momentum

    def forward(self, x, train=True):
        self.axes = (0,) + tuple(range(2, x.ndim))
        tail = (1,) * (x.ndim - 2)
        self.tail = tail
        if train:
            mean = x.mean(axis=self.axes)
            xhat = x - mean.reshape(-1, *tail)
            var = np.mean(np.square(xhat), axis=self.axes)
            self.rmean = self.momentum * self.rmean + (1 - self.momentum) * mean
            self.rvar = self.momentum * self.rvar + (1 - self.momentum) * var
        else:
            xhat = x - self.rmean.reshape(-1, *tail).astype(x.dtype)
            var = self.rvar
        self.istd = (1 / np.sqrt(var + self.eps)).astype(x.dtype)
        xhat *= self.istd.reshape(-1, *tail)
        self.xhat, self.train = xhat, train
        out = xhat * self.gamma.reshape(-1, *tail)
        out += self.beta.reshape(-1, *tail)
        return out.astype(x.dtype, copy=False)

    def backward(self, dy):
        m = dy.size // dy.shape[1]
        self.dgamma = np.sum(dy * self.xhat, axis=self.axes)
        self.dbeta = np.sum(dy, axis=self.axes)
        if self.train:
            dy -= (self.dbeta / m).reshape(-1, *self.tail)
            dy -= self.xhat * (self.dgamma / m).reshape(-1, *self.tail)
        dy *= (self.gamma * self.istd).reshape(-1, *self.tail)
        return dy
