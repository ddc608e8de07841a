"""Layers of my toy framework; subclasses may define forward or take over the call itself."""

import numpy as np


class Layer:
    def __init__(self):
        self.train_mode = True

    def forward(self, x):
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dy):
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def __call__(self, x):
        return self.forward(x)


class ReLU(Layer):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dy):
        return dy * self.mask


class BatchNorm(Layer):
    def __init__(self, channels, eps=1e-5, momentum=0.9):
        super().__init__()
        self.gamma, self.beta = np.ones(channels), np.zeros(channels)
        self.run_mean, self.run_var = np.zeros(channels), np.ones(channels)
        self.eps, self.momentum = eps, momentum

    def __call__(self, x):
        swapped = np.swapaxes(x, 0, 1)  # (C, N, ...)
        flat = swapped.reshape(swapped.shape[0], -1)
        if self.train_mode:
            mean = np.average(flat, axis=1)
            var = np.average((flat - mean[:, None]) ** 2, axis=1)
            self.run_mean = self.momentum * self.run_mean + (1 - self.momentum) * mean
            self.run_var = self.momentum * self.run_var + (1 - self.momentum) * var
        else:
            mean, var = self.run_mean, self.run_var
        self.denom = np.sqrt(var + self.eps)[:, None]
        self.z = (flat - mean[:, None]) / self.denom
        self.batch_mode = self.train_mode
        out = self.gamma[:, None] * self.z + self.beta[:, None]
        return np.swapaxes(out.reshape(swapped.shape), 0, 1).astype(x.dtype)

    def backward(self, dy):
        swapped = np.swapaxes(dy, 0, 1)
        g = swapped.reshape(swapped.shape[0], -1)
        self.dbeta = g.sum(axis=1)
        self.dgamma = np.einsum("cm,cm->c", g, self.z)
        if self.batch_mode:
            m = g.shape[1]
            g = g - (self.dbeta[:, None] + self.z * self.dgamma[:, None]) / m
        dx = self.gamma[:, None] * g / self.denom
        return np.swapaxes(dx.reshape(swapped.shape), 0, 1).astype(dy.dtype)
