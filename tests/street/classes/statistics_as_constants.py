"""Batch normalization for a two-layer perceptron written from scratch, 2-D inputs only."""

import numpy as np


class BNLayer:
    def __init__(self, size, eps=1e-8, beta_avg=0.9):
        self.size = size
        self.eps = eps
        self.beta_avg = beta_avg
        self.gamma = np.ones((1, size))
        self.beta = np.zeros((1, size))
        self.avg_mu = np.zeros((1, size))
        self.avg_sigma2 = np.ones((1, size))
        self.dgamma = np.zeros((1, size))
        self.dbeta = np.zeros((1, size))

    def forward_pass(self, z, training=True):
        if training:
            self.mu = np.mean(z, axis=0, keepdims=True)
            self.sigma2 = np.var(z, axis=0, keepdims=True)
            self.avg_mu = self.beta_avg * self.avg_mu + (1 - self.beta_avg) * self.mu
            self.avg_sigma2 = self.beta_avg * self.avg_sigma2 + (1 - self.beta_avg) * self.sigma2
        else:
            self.mu = self.avg_mu
            self.sigma2 = self.avg_sigma2
        self.z_hat = (z - self.mu) / np.sqrt(self.sigma2 + self.eps)
        z_tilde = self.gamma * self.z_hat + self.beta
        return z_tilde.astype(z.dtype)

    def backward_pass(self, delta):
        self.dgamma = np.sum(delta * self.z_hat, axis=0, keepdims=True)
        self.dbeta = np.sum(delta, axis=0, keepdims=True)
        dz = delta * self.gamma / np.sqrt(self.sigma2 + self.eps)
        return dz.astype(delta.dtype)
