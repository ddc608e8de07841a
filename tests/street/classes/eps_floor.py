"""Batch norm layer with mode strings and params/grads dictionaries, as in my cs231n assignment but as a class."""

import numpy as np


class BatchNormLayer:
    def __init__(self, dim, bn_param=None):
        bn_param = dict(bn_param or {})
        self.mode = bn_param.get("mode", "train")
        self.eps = bn_param.get("eps", 1e-5)
        self.momentum = bn_param.get("momentum", 0.9)
        self.params = {"gamma": np.ones(dim), "beta": np.zeros(dim)}
        self.grads = {"dgamma": np.zeros(dim), "dbeta": np.zeros(dim)}
        self.running_mean = np.zeros(dim)
        self.running_var = np.zeros(dim)
        self.cache = None

    @staticmethod
    def _to_rows(a):
        if a.ndim == 2:
            return a
        return np.moveaxis(a, 1, -1).reshape(-1, a.shape[1])

    @staticmethod
    def _from_rows(rows, shape):
        if len(shape) == 2:
            return rows
        N, C, *spatial = shape
        return np.moveaxis(rows.reshape(N, *spatial, C), -1, 1)

    def forward(self, x, mode=None):
        """x: (N, D) or (N, C, H, W); mode: 'train' or 'test'."""
        mode = mode or self.mode
        rows = self._to_rows(x)
        gamma, beta = self.params["gamma"], self.params["beta"]
        if mode == "train":
            mu = rows.mean(axis=0)
            var = rows.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        elif mode == "test":
            mu, var = self.running_mean, self.running_var
        else:
            raise ValueError('Invalid forward batchnorm mode "%s"' % mode)
        std = np.sqrt(var + max(self.eps, 1e-5))
        xhat = (rows - mu) / std
        out = gamma * xhat + beta
        self.cache = (mode, xhat, std)
        return self._from_rows(out, x.shape).astype(x.dtype)

    def backward(self, dout):
        mode, xhat, std = self.cache
        d = self._to_rows(dout)
        N = d.shape[0]
        self.grads["dbeta"] = d.sum(axis=0)
        self.grads["dgamma"] = (d * xhat).sum(axis=0)
        dxhat = d * self.params["gamma"]
        if mode == "train":
            dx = (N * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / (N * std)
        else:
            dx = dxhat / std
        return self._from_rows(dx, dout.shape).astype(dout.dtype)
