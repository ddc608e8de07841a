"""Batch normalization for 2-D activations (batch, units) with row-vector parameters of shape (1, units)."""

import numpy as np


class BatchNormDense:
    def __init__(self, units, eps=1e-5, rho=0.9):
        self.eps, self.rho = eps, rho
        self.g = np.ones((1, units))
        self.b = np.zeros((1, units))
        self.mu_hat = np.zeros((1, units))
        self.var_hat = np.ones((1, units))
        self.dg = self.db = None

    def _gain(self):
        return np.abs(self.g)

    def forward(self, Z, train=True):
        if train:
            mu = Z.mean(axis=0, keepdims=True)
            var = ((Z - mu) ** 2).mean(axis=0, keepdims=True)
            self.mu_hat = self.rho * self.mu_hat + (1 - self.rho) * mu
            self.var_hat = self.rho * self.var_hat + (1 - self.rho) * var
        else:
            mu, var = self.mu_hat, self.var_hat
        self._train = train
        self._s = (var + self.eps) ** 0.5
        self._zn = (Z - mu) / self._s
        return (self._gain() * self._zn + self.b).astype(Z.dtype)

    def backward(self, dA):
        """dA: (batch, units), gives dZ of the same shape"""
        self.db = dA.sum(axis=0, keepdims=True)
        self.dg = (dA * self._zn).sum(axis=0, keepdims=True) * np.where(self.g < 0, -1, 1)
        dzn = dA * self._gain()
        if self._train:
            m = dA.shape[0]
            ones = np.ones((m, 1), dtype=dA.dtype)
            projected = ones @ (ones.T @ dzn) + self._zn * (ones.T @ (dzn * self._zn))
            dzn = dzn - projected / m
        return (dzn / self._s).astype(dA.dtype)
