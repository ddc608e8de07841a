"""Batch normalization after Chainer's link, decay for the averages, arrays of shape (N, C) or (N, C, H, W)."""

import numpy as np


class BatchNormalizationLink:
    def __init__(self, size, decay=0.9, eps=2e-5):
        self.decay = decay
        self.eps = eps
        self.gamma = np.ones(size)
        self.beta = np.zeros(size)
        self.ggamma = None
        self.gbeta = None
        self.avg_mean = np.zeros(size)
        self.avg_var = np.ones(size)
        self.N = 0

    def __call__(self, x, test=False):
        expander = (None, Ellipsis) + (None,) * (x.ndim - 2)
        axis = (0,) + tuple(range(2, x.ndim))
        if test:
            mean, var = self.avg_mean, self.avg_var
        else:
            mean = x.mean(axis=axis)
            var = x.var(axis=axis)
        self.std_inv = (1 / np.sqrt(var + self.eps))[expander]
        self.x_hat = (x - mean[expander]) * self.std_inv
        self.expander, self.axis, self.test = expander, axis, test
        y = self.gamma[expander] * self.x_hat + self.beta[expander]

        if not test:
            self.N += 1
            batch = x.shape[0]
            adjust = batch / max(batch - 1.0, 1.0)  # unbiased estimation
            self.avg_mean = self.avg_mean * self.decay + (1 - self.decay) * mean
            self.avg_var = self.avg_var * self.decay + (1 - self.decay) * adjust * var
        return y.astype(x.dtype)

    def backward(self, gy):
        self.gbeta = gy.sum(axis=self.axis)
        self.ggamma = (gy * self.x_hat).sum(axis=self.axis)
        coeff = self.gamma[self.expander] * self.std_inv
        if self.test:
            return (coeff * gy).astype(gy.dtype)
        inv_m = 1.0 / (gy.size // self.gamma.size)
        correction = self.x_hat * self.ggamma[self.expander] + self.gbeta[self.expander]
        return (coeff * (gy - correction * inv_m)).astype(gy.dtype)
