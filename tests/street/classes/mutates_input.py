"""BatchNorm without needless temporaries for my NumPy convnet, taking (m, C) and (N, C, H, W)."""

import numpy as np


class BatchNorm:
    def __init__(self, channels, eps=1e-5, momentum=0.9):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.mean_avg = np.zeros(channels)
        self.var_avg = np.ones(channels)
        self.training = True

    def _spread(self, v, x):
        return v if x.ndim == 2 else v[:, None, None]

    def forward(self, x):
        axes = (0,) if x.ndim == 2 else (0, 2, 3)
        self._trained = self.training
        if self.training:
            mean = x.mean(axis=axes)
            x -= self._spread(mean, x)
            var = np.mean(np.square(x), axis=axes)
            self.mean_avg = self.momentum * self.mean_avg + (1 - self.momentum) * mean
            self.var_avg = self.momentum * self.var_avg + (1 - self.momentum) * var
        else:
            x -= self._spread(self.mean_avg, x)
            var = self.var_avg
        self._istd = 1 / np.sqrt(var + self.eps)
        self._xhat = x * self._spread(self._istd, x)
        y = self._xhat * self._spread(self.gamma, x)
        y += self._spread(self.beta, x)
        return y.astype(x.dtype)

    def backward(self, dy):
        axes = (0,) if dy.ndim == 2 else (0, 2, 3)
        self.dbeta = dy.sum(axis=axes)
        self.dgamma = (dy * self._xhat).sum(axis=axes)
        if self._trained:
            m = dy.size // dy.shape[1]
            dx = self._xhat * self._spread(-self.dgamma / m, dy)
            dx += dy
            dx -= self._spread(self.dbeta / m, dy)
        else:
            dx = dy.copy()
        return (dx * self._spread(self.gamma * self._istd, dy)).astype(dy.dtype)
