"""Batch normalization for 2-D mini-batches with explicit train and inference methods and a cached tuple for backward."""

import numpy as np


class BatchNorm:
    def __init__(self, n_features, eps=1e-5, momentum=0.9):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(n_features)
        self.beta = np.zeros(n_features)
        self.moving_mean = np.zeros(n_features)
        self.moving_var = np.ones(n_features)
        self.cache = None

    def forward(self, x, deterministic=False):
        mean, var = np.mean(x, axis=0), np.var(x, axis=0)
        y, self.cache = self._normalize(x, mean, var)
        if deterministic:
            self.cache = None
        else:
            self._remember(mean, var)
        return y

    def _normalize(self, x, mean, var):
        std = np.sqrt(var + self.eps)
        x_hat = (x - mean) / std
        y = self.gamma * x_hat + self.beta
        return y.astype(x.dtype), (x - mean, std)

    def _remember(self, mean, var):
        m = self.momentum
        self.moving_mean = m * self.moving_mean + (1 - m) * mean
        self.moving_var = m * self.moving_var + (1 - m) * var

    def backward(self, dy):
        if self.cache is None:
            raise RuntimeError("backward() needs a forward() in training mode first")
        xc, std = self.cache
        n = dy.shape[0]
        x_hat = xc / std
        dgamma = (x_hat * dy).sum(axis=0)
        dbeta = dy.sum(axis=0)
        dx_hat = self.gamma * dy
        dstd = -(dx_hat * xc).sum(axis=0) / std**2
        dxc = dx_hat / std + xc * dstd / (n * std)
        dx = dxc - dxc.sum(axis=0) / n
        return dx.astype(dy.dtype), dgamma, dbeta
