"""Channels-last batch norm for image batches in NHWC layout, other layouts are not supported."""

import numpy as np


class BatchNormImages:
    def __init__(self, n_filters, momentum=0.9, eps=1e-5):
        self.momentum = momentum
        self.eps = eps
        self.gamma = np.ones((1, 1, 1, n_filters))
        self.beta = np.zeros((1, 1, 1, n_filters))
        self.running_mean = np.zeros((1, 1, 1, n_filters))
        self.running_var = np.ones((1, 1, 1, n_filters))
        self.training = True

    def _running_averages(self, mean, var):
        keep, new = self.momentum, 1 - self.momentum
        running_mean = keep * self.running_mean + new * mean
        running_var = keep * self.running_var + new * var
        return running_mean, running_var

    def forward(self, x):
        n, h, w, c = x.shape
        if self.training:
            mean = x.mean(axis=(0, 1, 2), keepdims=True)
            var = x.var(axis=(0, 1, 2), keepdims=True)
            running_mean, running_var = self._running_averages(mean, var)
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.x_hat = (x - mean) / self.std
        self.m = n * h * w if self.training else 0
        return (self.gamma * self.x_hat + self.beta).astype(x.dtype)

    def backward(self, dy):
        self.dgamma = (dy * self.x_hat).sum(axis=(0, 1, 2), keepdims=True)
        self.dbeta = dy.sum(axis=(0, 1, 2), keepdims=True)
        k = self.gamma / self.std
        if self.m == 0:  # frozen statistics
            return (k * dy).astype(dy.dtype)
        return (k * (dy - (self.dbeta + self.x_hat * self.dgamma) / self.m)).astype(dy.dtype)
