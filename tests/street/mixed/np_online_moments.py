"""Batch norm with the population moments tracked online next to the batch moments."""

import numpy as np


class OnlineBatchNorm:
    def __init__(self, nb_channels, epsilon=1e-5, momentum=0.9):
        self.gamma = np.ones(nb_channels)
        self.beta = np.zeros(nb_channels)
        self.running_mean = np.zeros(nb_channels)
        self.running_var = np.ones(nb_channels)
        self.epsilon = epsilon
        self.momentum = momentum

    def _track(self, cm, mean):
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
        spread = np.mean((cm - self.running_mean[:, None]) ** 2, axis=1)
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * spread

    def forward(self, x, training=True):
        self.perm = (1, 0) + tuple(range(2, x.ndim))
        xt = x.transpose(self.perm)
        cm = xt.reshape(len(xt), -1)
        if training:
            mean = cm.mean(axis=1)
            var = cm.var(axis=1)
            self._track(cm, mean)
        else:
            mean, var = self.running_mean, self.running_var
        self.k = 1.0 / np.sqrt(var + self.epsilon)
        self.hat = (cm - mean[:, None]) * self.k[:, None]
        self.on_batch = training
        y = self.hat * self.gamma[:, None] + self.beta[:, None]
        return y.reshape(xt.shape).transpose(self.perm).astype(x.dtype)

    def backward(self, dy):
        dt = dy.transpose(self.perm)
        g = dt.reshape(self.hat.shape)
        self.dgamma = (g * self.hat).sum(axis=1)
        self.dbeta = g.sum(axis=1)
        if self.on_batch:
            g = g - g.mean(axis=1, keepdims=True)
            g = g - self.hat * (g * self.hat).mean(axis=1, keepdims=True)
        dx = g * (self.gamma * self.k)[:, None]
        return dx.reshape(dt.shape).transpose(self.perm).astype(dy.dtype)
