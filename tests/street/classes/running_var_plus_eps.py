"""Batch normalization for matrices (m, C) and image batches (N, C, H, W) with the inference branch in predict()."""

import numpy as np


class BatchNorm:
    def __init__(self, dim, eps=1e-5, gamma_momentum=0.9):
        self.dim = dim
        self.eps = eps
        self.mom = gamma_momentum
        self.weights = {"gamma": np.ones(dim), "beta": np.zeros(dim)}
        self.dweights = {}
        self.run_mean = np.zeros(dim)
        self.run_var = np.ones(dim)
        self._last = None

    def _bc(self, v, nd):
        return v[(np.newaxis, slice(None)) + (np.newaxis,) * (nd - 2)]

    def _scale_shift(self, xn, dtype):
        g = self._bc(self.weights["gamma"], xn.ndim)
        b = self._bc(self.weights["beta"], xn.ndim)
        return (g * xn + b).astype(dtype)

    def forward(self, x):
        red = (0,) + tuple(range(2, x.ndim))
        mu = x.mean(axis=red)
        xm = x - self._bc(mu, x.ndim)
        var = np.mean(xm * xm, axis=red) + self.eps
        rs = 1.0 / np.sqrt(var)
        xn = xm * self._bc(rs, x.ndim)
        self.run_mean = self.mom * self.run_mean + (1.0 - self.mom) * mu
        self.run_var = self.mom * self.run_var + (1.0 - self.mom) * var
        self._last = ("batch", xn, rs)
        return self._scale_shift(xn, x.dtype)

    def predict(self, x):
        rs = 1.0 / np.sqrt(self.run_var + self.eps)
        xn = (x - self._bc(self.run_mean, x.ndim)) * self._bc(rs, x.ndim)
        self._last = ("running", xn, rs)
        return self._scale_shift(xn, x.dtype)

    def backward(self, dy):
        which, xn, rs = self._last
        red = (0,) + tuple(range(2, dy.ndim))
        self.dweights["gamma"] = np.sum(dy * xn, axis=red)
        self.dweights["beta"] = np.sum(dy, axis=red)
        dxn = dy * self._bc(self.weights["gamma"], dy.ndim)
        if which == "batch":
            mean1 = np.mean(dxn, axis=red)
            mean2 = np.mean(dxn * xn, axis=red)
            dxn = dxn - self._bc(mean1, dy.ndim) - xn * self._bc(mean2, dy.ndim)
        return (dxn * self._bc(rs, dy.ndim)).astype(dy.dtype)
