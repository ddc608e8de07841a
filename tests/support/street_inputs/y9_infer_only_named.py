"""A class with eval only... a frozen batch norm (torchvision style): no training mode; eps outside the root."""

import numpy as np


class FrozenBatchNorm2d:
    def __init__(self, n, eps=1e-5):
        self.weight, self.bias = np.ones(n), np.zeros(n)
        self.running_mean, self.running_var = np.zeros(n), np.ones(n)
        self.eps = eps

    def forward(self, x):
        v = lambda a: a.reshape(1, -1, 1, 1)
        scale = v(self.weight) / (np.sqrt(v(self.running_var)) + self.eps)
        return x * scale + v(self.bias) - v(self.running_mean) * scale
