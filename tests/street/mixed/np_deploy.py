"""Batch norm with a training half and a folded half that the exported model uses."""

import numpy as np


def fold(gamma, beta, mean, var, eps):
    """One multiplication and one addition per value at prediction time."""
    a = gamma / (np.sqrt(var) + eps)
    return a, beta - a * mean


class TrainableNorm:
    def __init__(self, planes, eps=1e-5, momentum=0.1):
        self.gamma = np.ones(planes)
        self.beta = np.zeros(planes)
        self.mean = np.zeros(planes)
        self.var = np.ones(planes)
        self.eps = eps
        self.momentum = momentum
        self.training = True

    def _up(self, v, nd):
        return v if nd == 2 else v.reshape((-1,) + (1,) * (nd - 2))

    def forward(self, x):
        nd = x.ndim
        if not self.training:
            a, b = fold(self.gamma, self.beta, self.mean, self.var, self.eps)
            self.ctx = None
            return (x * self._up(a, nd) + self._up(b, nd)).astype(x.dtype)
        axes = tuple(np.delete(np.arange(nd), 1))
        mean = x.mean(axis=axes)
        var = x.var(axis=axes)
        self.mean = self.mean * (1 - self.momentum) + mean * self.momentum
        self.var = self.var * (1 - self.momentum) + var * self.momentum
        s = np.sqrt(var + self.eps)
        u = (x - self._up(mean, nd)) / self._up(s, nd)
        self.ctx = (u, s, axes)
        return (self._up(self.gamma, nd) * u + self._up(self.beta, nd)).astype(x.dtype)

    def backward(self, dy):
        if self.ctx is None:
            raise RuntimeError("backward follows a training forward pass only")
        u, s, axes = self.ctx
        nd, m = dy.ndim, dy.size // dy.shape[1]
        dgamma = np.tensordot(dy, u, axes=(axes, axes)).diagonal().copy()
        dbeta = dy.sum(axis=axes)
        dx = dy - self._up(dbeta / m, nd) - u * self._up(dgamma / m, nd)
        return (dx * self._up(self.gamma / s, nd)).astype(dy.dtype), dgamma, dbeta
