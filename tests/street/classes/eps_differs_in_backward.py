"""Fully connected batch normalization (2-D inputs only) whose backward pass follows the formulas of the paper one by one."""

import numpy as np


class BatchNorm:
    def __init__(self, D, eps=1e-5, momentum=0.9):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones((1, D))
        self.beta = np.zeros((1, D))
        self.r_mean = np.zeros((1, D))
        self.r_var = np.ones((1, D))

    def forward(self, x, is_train=True):
        assert x.ndim == 2, "only (batch, features)"
        if is_train:
            mu = np.mean(x, axis=0, keepdims=True)
            var = np.var(x, axis=0, keepdims=True)
            self.r_mean = self.momentum * self.r_mean + (1.0 - self.momentum) * mu
            self.r_var = self.momentum * self.r_var + (1.0 - self.momentum) * var
        else:
            mu = self.r_mean
            var = self.r_var
        self.x, self.mu, self.var, self.is_train = x, mu, var, is_train
        x_hat = (x - mu) / np.sqrt(var + self.eps)
        return (self.gamma * x_hat + self.beta).astype(x.dtype)

    def backward(self, dout, eps=1e-8):
        """returns dx, dgamma, dbeta"""
        x, mu, var = self.x, self.mu, self.var
        m = x.shape[0]
        x_mu = x - mu
        rsqrt = (var + eps) ** -0.5
        dgamma = np.sum(dout * x_mu * rsqrt, axis=0, keepdims=True)
        dbeta = np.sum(dout, axis=0, keepdims=True)
        dx_hat = dout * self.gamma
        if not self.is_train:
            return (dx_hat * rsqrt).astype(x.dtype), dgamma, dbeta
        dvar = np.sum(dx_hat * x_mu * -0.5 * rsqrt**3, axis=0, keepdims=True)
        dmu = np.sum(-dx_hat * rsqrt, axis=0, keepdims=True)
        dmu = dmu + dvar * np.mean(-2.0 * x_mu, axis=0, keepdims=True)
        dx = dx_hat * rsqrt + dvar * 2.0 * x_mu / m + dmu / m
        return dx.astype(x.dtype), dgamma, dbeta
