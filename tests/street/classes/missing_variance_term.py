"""Batch normalization with a forward that returns its cache through the object, for (m, C) and (N, C, H, W) arrays."""

import numpy as np


class BatchNorm:
    def __init__(self, gamma, beta, eps=1e-5, alpha=0.9):
        # given as (C,), kept ready to broadcast over images
        self.gamma = np.reshape(gamma, (1, -1, 1, 1))
        self.beta = np.reshape(beta, (1, -1, 1, 1))
        self.eps = eps
        self.alpha = alpha
        self.running_mu = np.zeros(self.gamma.shape)
        self.running_sigma2 = np.ones(self.gamma.shape)
        self.training = True

    def forward(self, x):
        flat = x.ndim == 2
        x4 = x[:, :, None, None] if flat else x
        if self.training:
            mu = x4.mean(axis=(0, 2, 3), keepdims=True)
            sigma2 = x4.var(axis=(0, 2, 3), keepdims=True)
            self.running_mu = self.alpha * self.running_mu + (1 - self.alpha) * mu
            self.running_sigma2 = self.alpha * self.running_sigma2 + (1 - self.alpha) * sigma2
        else:
            mu, sigma2 = self.running_mu, self.running_sigma2
        inv = 1.0 / np.sqrt(sigma2 + self.eps)
        xhat = (x4 - mu) * inv
        self.cache = (xhat, inv, self.training)
        y = (self.gamma.reshape(1, -1, 1, 1) * xhat + self.beta.reshape(1, -1, 1, 1)).astype(
            x.dtype
        )
        return y[:, :, 0, 0] if flat else y

    def backward(self, dy):
        xhat, inv, training = self.cache
        flat = dy.ndim == 2
        dy4 = dy[:, :, None, None] if flat else dy
        self.dgamma = np.sum(dy4 * xhat, axis=(0, 2, 3), keepdims=True).reshape(self.gamma.shape)
        self.dbeta = np.sum(dy4, axis=(0, 2, 3), keepdims=True).reshape(self.beta.shape)
        dxhat = dy4 * self.gamma.reshape(1, -1, 1, 1)
        dx = dxhat * inv
        if training:
            dmu = -np.sum(dx, axis=(0, 2, 3), keepdims=True)
            m = dy4.shape[0] * dy4.shape[2] * dy4.shape[3]
            dx = dx + dmu / m
        dx = dx.astype(dy.dtype)
        return dx[:, :, 0, 0] if flat else dx
