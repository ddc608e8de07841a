"""All of a layer's parameters live in one flat vector here, which suits my L-BFGS optimizer."""

import numpy as np


class PackedBatchNorm:
    def __init__(self, num_channels, eps=1e-5, decay=0.95):
        self._n = num_channels
        self.theta = np.concatenate([np.ones(num_channels), np.zeros(num_channels)])
        self.dtheta = np.zeros_like(self.theta)
        self._state = np.stack([np.zeros(num_channels), np.ones(num_channels)])
        self.eps = eps
        self.decay = decay

    @property
    def gamma(self):
        return self.theta[: self._n]

    @gamma.setter
    def gamma(self, value):
        self.theta[: self._n] = value

    @property
    def beta(self):
        return self.theta[self._n :]

    @beta.setter
    def beta(self, value):
        self.theta[self._n :] = value

    @property
    def running_mean(self):
        return self._state[0]

    @running_mean.setter
    def running_mean(self, value):
        self._state[0] = value

    @property
    def running_var(self):
        return self._state[1]

    @running_var.setter
    def running_var(self, value):
        self._state[1] = value

    def forward(self, x, is_training=True):
        bc = (Ellipsis,) + (None,) * (x.ndim - 2)
        if is_training:
            n = x.shape[0]
            # mean over positions first, then over samples
            pos = tuple(range(2, x.ndim))
            mean = x.mean(axis=pos).sum(axis=0) / n if pos else x.sum(axis=0) / n
            sq = (x - mean[bc]) ** 2
            var = sq.mean(axis=pos).sum(axis=0) / n if pos else sq.sum(axis=0) / n
            self._state = self.decay * self._state + (1 - self.decay) * np.stack([mean, var])
        else:
            mean, var = self._state
        self._inv = 1.0 / np.sqrt(var + self.eps)
        self._hat = (x - mean[bc]) * self._inv[bc]
        self._training = is_training
        return (self.gamma[bc] * self._hat + self.beta[bc]).astype(x.dtype)

    def backward(self, dy):
        bc = (Ellipsis,) + (None,) * (dy.ndim - 2)
        red = (0,) + tuple(range(2, dy.ndim))
        dgamma = np.sum(dy * self._hat, axis=red)
        dbeta = np.sum(dy, axis=red)
        self.dtheta = np.concatenate([dgamma, dbeta])
        rest = np.zeros_like(self._hat)
        if self._training:
            rest = (dbeta[bc] + self._hat * dgamma[bc]) / (dy.size // self._n)
        return ((self.gamma * self._inv)[bc] * (dy - rest)).astype(dy.dtype)
