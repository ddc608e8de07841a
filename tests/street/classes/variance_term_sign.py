"""Batch normalization in einsum notation for tensors whose second axis is the channel axis, flattened to (N, C, L)."""

import numpy as np


class EinsumBatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.moving_mean = np.zeros(num_features)
        self.moving_var = np.ones(num_features)

    def forward(self, x, use_running_average=False):
        t = x.reshape(*x.shape[:2], -1)
        m = t.shape[0] * t.shape[2]
        if use_running_average:
            mean, var = self.moving_mean, self.moving_var
            d = t - mean[None, :, None]
        else:
            mean = np.einsum("ncl->c", t) / m
            d = t - mean[None, :, None]
            var = np.einsum("ncl,ncl->c", d, d) / m
            self.moving_mean = self.moving_mean * self.momentum + mean * (1 - self.momentum)
            self.moving_var = self.moving_var * self.momentum + var * (1 - self.momentum)
        rstd = 1.0 / np.sqrt(var + self.eps)
        xhat = np.einsum("ncl,c->ncl", d, rstd)
        self.res = (xhat, rstd, m, use_running_average)
        y = np.einsum("ncl,c->ncl", xhat, self.gamma) + self.beta[None, :, None]
        return y.reshape(x.shape).astype(x.dtype)

    def backward(self, dy):
        xhat, rstd, m, frozen = self.res
        g = dy.reshape(xhat.shape)
        dgamma = np.einsum("ncl,ncl->c", g, xhat)
        dbeta = np.einsum("ncl->c", g)
        total = g
        if not frozen:
            total = g - dbeta[None, :, None] / m + np.einsum("ncl,c->ncl", xhat, dgamma) / m
        dx = np.einsum("ncl,c,c->ncl", total, self.gamma, rstd)
        return dx.reshape(dy.shape).astype(dy.dtype), dgamma, dbeta
