"""BatchNorm for vectors, sequences and images, channels on axis 1."""

import numpy as np

TINY = 1e-30


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1):
        self.features = features
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(features)
        self.beta = np.zeros(features)
        self.running_mean = np.zeros(features)
        self.running_var = np.ones(features)
        self.dgamma = self.dbeta = None

    def __call__(self, x, training=True):
        x_t = x.reshape(x.shape[0], self.features, -1).swapaxes(0, 1)  # (C, N, S)
        if training:
            mean = x_t.mean(axis=(1, 2), keepdims=True)
            xc = x_t - mean
            var = (xc**2).mean(axis=(1, 2), keepdims=True)
            a = self.momentum
            self.running_mean = (1 - a) * self.running_mean + a * mean[:, 0, 0]
            self.running_var = (1 - a) * self.running_var + a * var[:, 0, 0]
        else:
            xc = x_t - self.running_mean[:, None, None]
            var = self.running_var[:, None, None]
        self._std = np.sqrt(var + TINY)
        self._xn = xc / self._std
        self._training = training
        y = self.gamma[:, None, None] * self._xn + self.beta[:, None, None]
        return y.swapaxes(0, 1).reshape(x.shape).astype(x.dtype)

    def backward(self, dy):
        g = dy.reshape(dy.shape[0], self.features, -1).swapaxes(0, 1)
        self.dgamma = np.sum(g * self._xn, axis=(1, 2))
        self.dbeta = np.sum(g, axis=(1, 2))
        g = g * self.gamma[:, None, None]
        if self._training:
            mean_g = g.mean(axis=(1, 2), keepdims=True)
            mean_gx = (g * self._xn).mean(axis=(1, 2), keepdims=True)
            g = g - mean_g - self._xn * mean_gx
        dx = g / self._std
        return dx.swapaxes(0, 1).reshape(dy.shape).astype(dy.dtype)
