"""A right layer for NHWC images only (as its docstring says): nothing is wrong with it."""

import numpy as np


class BatchNorm:
    def __init__(self, num_features, eps=1e-5):
        self.gamma, self.beta = np.ones((1, 1, 1, num_features)), np.zeros((1, 1, 1, num_features))
        self.eps = eps

    def forward(self, x):
        axes = (0, 1, 2)
        mean, var = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)
        self.std = np.sqrt(var + self.eps)
        self.xhat = (x - mean) / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dy):
        axes = (0, 1, 2)
        self.dgamma, self.dbeta = (dy * self.xhat).sum(axes), dy.sum(axes)
        g = (
            dy
            - dy.mean(axes, keepdims=True)
            - self.xhat * (dy * self.xhat).mean(axes, keepdims=True)
        )
        return self.gamma * g / self.std
