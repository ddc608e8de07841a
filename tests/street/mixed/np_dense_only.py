"""Batch normalization after fully connected layers."""

import numpy as np


class DenseBatchNorm:
    def __init__(self, width, *, eps=1e-5, momentum=0.9):
        self.g = np.ones(width)
        self.b = np.zeros(width)
        self.mu_run = np.zeros(width)
        self.var_run = np.ones(width)
        self.eps, self.momentum = eps, momentum
        self.h = self.s = None

    def fit_transform(self, X):
        """Training step: normalizes by the batch and moves the running averages."""
        X = self._check(X)
        mu = X.mean(0)
        var = X.var(0)
        self.mu_run = self.momentum * self.mu_run + (1.0 - self.momentum) * mu
        self.var_run = self.momentum * self.var_run + (1.0 - self.momentum) * var
        self.s = np.sqrt(var + self.eps)
        self.h = (X - mu) / self.s
        return (self.h * self.g + self.b).astype(X.dtype)

    def transform(self, X):
        """Inference: normalizes by the running averages."""
        X = self._check(X)
        self.h = self.s = None
        return ((X - self.mu_run) / np.sqrt(self.var_run + self.eps) * self.g + self.b).astype(
            X.dtype
        )

    def backward(self, G):
        """Gradient of the training step just made: (dX, dg, db)."""
        if self.h is None:
            raise RuntimeError("call fit_transform first")
        m = G.shape[0]
        dg, db = (G * self.h).sum(0), G.sum(0)
        dX = self.g / self.s * (G - (db + self.h * dg) / m)
        return dX.astype(G.dtype), dg, db

    @staticmethod
    def _check(X):
        X = np.asarray(X)
        if X.ndim != 2:
            raise ValueError(f"DenseBatchNorm takes (m, width), not an array of rank {X.ndim}")
        return X
