"""Batch normalization from my lecture exercises: plain matrices of shape (m, C) only, gradients returned as a tuple."""

import numpy as np


class BatchNorm1d:
    def __init__(self, C, gamma=None, beta=None, eps=1e-5, momentum=0.1):
        self.gamma = np.ones(C) if gamma is None else gamma
        self.beta = np.zeros(C) if beta is None else beta
        self.eps, self.momentum = eps, momentum
        self.running = {"mean": np.zeros(C), "var": np.ones(C)}
        self.ctx = None

    def forward(self, x, training):
        if training:
            m = x.shape[0]
            mean = np.sum(x, axis=0) / m
            diff = x - mean
            var = np.sum(diff * diff, axis=0) / m
            self._blend("mean", mean)
            self._blend("var", var * m / max(m - 1, 1))
        else:
            var = self.running["var"]
            diff = x - self.running["mean"]
        std = np.sqrt(var + self.eps)
        self.ctx = (diff, std, training)
        return (self.gamma * diff / std + self.beta).astype(x.dtype)

    def _blend(self, key, new):
        self.running[key] = (1 - self.momentum) * self.running[key] + self.momentum * new

    def backward(self, dy):
        diff, std, training = self.ctx
        xhat = diff / std
        dgamma = np.sum(dy * xhat, axis=0)
        dbeta = np.sum(dy, axis=0)
        dxhat = self.gamma * dy
        if training:
            k = max(dy.shape[0] - 1, 1)
            dx = (dxhat - np.sum(dxhat, axis=0) / k - xhat * np.sum(dxhat * xhat, axis=0) / k) / std
        else:
            dx = dxhat / std
        return dx.astype(dy.dtype), dgamma, dbeta
