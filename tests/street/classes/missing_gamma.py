"""NumPy batch normalization with attribute-style state and a test_mode switch, for fully connected and conv layers."""

import numpy as np


def _axes(ndim):
    return tuple(a for a in range(ndim) if a != 1)


class BatchNorm:
    def __init__(self, input_shape, eps=1e-5, momentum=0.9):
        """input_shape: (C,) or (C, H, W)"""
        c = input_shape[0]
        self.W = np.ones(c)
        self.b = np.zeros(c)
        self.eps = eps
        self.momentum = momentum
        self.pop_mean = np.zeros(c)
        self.pop_var = np.ones(c)
        self.test_mode = False

    def forward(self, A_prev):
        col = (1, -1) + (1,) * (A_prev.ndim - 2)
        ax = _axes(A_prev.ndim)
        self.frozen = self.test_mode
        if self.test_mode:
            mean, var = self.pop_mean, self.pop_var
        else:
            mean = A_prev.mean(axis=ax)
            var = A_prev.var(axis=ax)
            self.pop_mean = self.momentum * self.pop_mean + (1 - self.momentum) * mean
            self.pop_var = self.momentum * self.pop_var + (1 - self.momentum) * var
        self.sd = np.sqrt(var + self.eps).reshape(col)
        self.A_norm = (A_prev - mean.reshape(col)) / self.sd
        out = self.A_norm * self.W.reshape(col) + self.b.reshape(col)
        return out.astype(A_prev.dtype)

    def backward(self, dA):
        ax = _axes(dA.ndim)
        self.dW = np.sum(dA * self.A_norm, axis=ax)
        self.db = np.sum(dA, axis=ax)
        if self.frozen:
            dA_prev = dA / self.sd
        else:
            mean_d = dA.mean(axis=ax, keepdims=True)
            mean_dn = (dA * self.A_norm).mean(axis=ax, keepdims=True)
            dA_prev = (dA - mean_d - self.A_norm * mean_dn) / self.sd
        return dA_prev.astype(dA.dtype)
