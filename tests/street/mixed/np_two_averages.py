"""Normalizer for the encoder stack; the averages for prediction are kept alongside."""

import numpy as np


class BatchNormalizer:
    def __init__(self, dim, eps=1e-5, momentum=0.9):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.pop_mean, self.pop_var = np.zeros(dim), np.ones(dim)
        self.eps, self.momentum = eps, momentum

    def forward(self, x, is_train=True):
        n_first = x.swapaxes(1, x.ndim - 1)
        axes = tuple(range(x.ndim - 1))
        if is_train:
            mean = n_first.mean(axes)
            diff = n_first - mean
            sigma = np.sqrt(np.mean(diff**2, axis=axes) + self.eps)
            keep = self.momentum
            self.pop_mean = keep * self.pop_mean + (1 - keep) * mean
            raw = np.sqrt(np.mean(diff**2, axis=axes))
            self.pop_var = (1 - keep) * self.pop_var + keep * raw
        else:
            diff = n_first - self.pop_mean
            sigma = np.sqrt(self.pop_var + self.eps)
        self.saved = diff / sigma, sigma, is_train
        y = self.gamma * self.saved[0] + self.beta
        return y.swapaxes(1, x.ndim - 1).astype(x.dtype)

    def backward(self, dy):
        z, sigma, is_train = self.saved
        g = dy.swapaxes(1, dy.ndim - 1)
        axes = tuple(range(g.ndim - 1))
        self.dgamma, self.dbeta = (g * z).sum(axes), g.sum(axes)
        if is_train:
            g = g - g.mean(axes) - z * (g * z).mean(axes)
        return (self.gamma / sigma * g).swapaxes(1, dy.ndim - 1).astype(dy.dtype)
