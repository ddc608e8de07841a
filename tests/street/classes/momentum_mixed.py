"""BatchNorm module with weight and bias as (1, C, 1, 1) arrays, for feature maps and, reshaped, for (m, C) matrices."""

import numpy as np


class BatchNorm2D:
    def __init__(self, n_channels, eps=1e-5, momentum=0.9):
        shape = (1, n_channels, 1, 1)
        self.eps = eps
        self.momentum = momentum
        self.weight = np.ones(shape)
        self.bias = np.zeros(shape)
        self.weight_grad = np.zeros(shape)
        self.bias_grad = np.zeros(shape)
        self.running_mean = np.zeros(shape)
        self.running_var = np.ones(shape)
        self.mode = "train"

    def forward(self, x):
        if x.ndim == 2:
            return self._forward4(x.reshape(*x.shape, 1, 1)).reshape(x.shape)
        return self._forward4(x)

    def backward(self, grad):
        if grad.ndim == 2:
            return self._backward4(grad.reshape(*grad.shape, 1, 1)).reshape(grad.shape)
        return self._backward4(grad)

    def _forward4(self, x):
        if self.mode == "train":
            mean = x.mean(axis=(0, 2, 3), keepdims=True)
            var = x.var(axis=(0, 2, 3), keepdims=True)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
        else:
            mean, var = self.running_mean, self.running_var
        denom = np.sqrt(var + self.eps)
        normalized = (x - mean) / denom
        self._ctx = normalized, denom, self.mode
        return (self.weight * normalized + self.bias).astype(x.dtype)

    def _backward4(self, grad):
        normalized, denom, mode = self._ctx
        total = lambda a: a.sum(axis=(0, 2, 3), keepdims=True)  # noqa: E731
        self.weight_grad = total(grad * normalized)
        self.bias_grad = total(grad)
        out = grad * self.weight
        if mode == "train":
            count = grad.size // grad.shape[1]
            out = out - total(out) / count - normalized * total(out * normalized) / count
        return (out / denom).astype(grad.dtype)
