"""Batch normalization split into small methods, for inputs (m, C) or (N, C, H, W), with apply_gradients for plain SGD."""

import numpy as np


class BatchNorm:
    def __init__(self, n_units, momentum=0.9, eps=1e-5):
        self.n_units = n_units
        self.momentum = momentum
        self.eps = eps
        self.gamma = np.ones(n_units)
        self.beta = np.zeros(n_units)
        self.running_mean = np.zeros(n_units)
        self.running_variance = np.ones(n_units)

    def _column(self, v):
        return v.reshape(self._col)

    def _layout(self, x):
        self._ax = (0,) if x.ndim == 2 else (0, 2, 3)
        self._col = (1, self.n_units) if x.ndim == 2 else (1, self.n_units, 1, 1)

    def _update_running(self, mean, variance):
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
        self.running_variance = (
            self.momentum * self.running_variance + (1 - self.momentum) * variance
        )

    def batch_statistics(self, x):
        mean = x.mean(axis=self._ax)
        variance = x.var(axis=self._ax)
        self._update_running(mean, variance)
        return mean, variance

    def forward(self, x, training=True):
        self._layout(x)
        self._trained = training
        if training:
            mean, variance = self.batch_statistics(x)
        else:
            mean, variance = self.running_mean, self.running_variance
        self._rstd = 1 / np.sqrt(variance + self.eps)
        self._normed = (x - self._column(mean)) * self._column(self._rstd)
        y = self._column(self.gamma) * self._normed + self._column(self.beta)
        if training:
            self._update_running(mean, variance)
        return y.astype(x.dtype)

    def backward(self, dy):
        self.grad_gamma = (dy * self._normed).sum(axis=self._ax)
        self.grad_beta = dy.sum(axis=self._ax)
        if self._trained:
            m = dy.size // self.n_units
            residual = dy - self._column(self.grad_beta / m)
            residual = residual - self._normed * self._column(self.grad_gamma / m)
        else:
            residual = dy
        return (residual * self._column(self.gamma * self._rstd)).astype(dy.dtype)

    def apply_gradients(self, learning_rate):
        self.gamma = self.gamma - learning_rate * self.grad_gamma
        self.beta = self.beta - learning_rate * self.grad_beta
