"""Spatial batch normalization that simply loops over the channels, which I find easiest to read; also takes (m, C)."""

import numpy as np


class Param:
    def __init__(self, value):
        self.value = np.asarray(value)
        self.grad = np.zeros_like(self.value)


class SpatialBatchNorm:
    def __init__(self, in_channels, momentum=0.9, eps=1e-5):
        self.in_channels = in_channels
        self.momentum = momentum
        self.eps = eps
        self.gamma = Param(np.ones(in_channels))
        self.beta = Param(np.zeros(in_channels))
        self.running_mean = np.zeros(in_channels)
        self.running_var = np.ones(in_channels)
        self.is_training = True

    def params(self):
        return {"gamma": self.gamma, "beta": self.beta}

    def forward(self, X):
        out = np.empty_like(X)
        self.x_norm = np.empty_like(X)
        self.std = np.empty(self.in_channels)
        self.trained = self.is_training
        for c in range(self.in_channels):
            plane = X[:, c]
            if self.is_training:
                mu, var = plane.mean(), plane.var()
                self._smooth(c, mu, var)
            else:
                mu, var = self.running_mean[c], self.running_var[c]
            self.std[c] = np.sqrt(var + self.eps)
            self.x_norm[:, c] = (plane - mu) / self.std[c]
            out[:, c] = self.x_norm[:, c] + self.beta.value[c]
        return out

    def _smooth(self, c, mu, var):
        k = self.momentum
        self.running_mean[c] = k * self.running_mean[c] + (1 - k) * mu
        self.running_var[c] = k * self.running_var[c] + (1 - k) * var

    def backward(self, d_out):
        dX = np.empty_like(d_out)
        self.gamma.grad = np.zeros(self.in_channels, dtype=d_out.dtype)
        self.beta.grad = np.zeros(self.in_channels, dtype=d_out.dtype)
        for c in range(self.in_channels):
            g, xn = d_out[:, c], self.x_norm[:, c]
            self.gamma.grad[c] = np.sum(g * xn)
            self.beta.grad[c] = np.sum(g)
            k = self.gamma.value[c] / self.std[c]
            if self.trained:
                dX[:, c] = k * (g - np.mean(g) - xn * np.mean(g * xn))
            else:
                dX[:, c] = k * g
        return dX
