"""A BatchNorm layer with the same switches as the PyTorch one, on NumPy only."""

import numpy as np


class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.1, dtype=np.float32):
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(num_features, dtype)
        self.beta = np.zeros(num_features, dtype)
        self.running_mean = np.zeros(num_features, dtype)
        self.running_var = np.ones(num_features, dtype)
        self.dgamma = np.zeros(num_features, dtype)
        self.dbeta = np.zeros(num_features, dtype)
        self.training = True

    def train(self):
        self.training = True
        return self

    def eval(self):
        self.training = False
        return self

    def forward(self, x):
        if x.ndim < 2 or x.shape[1] != self.num_features:
            raise ValueError(f"expected (N, {self.num_features}, ...), got {x.shape}")
        self.ax = tuple(i for i in range(x.ndim) if i != 1)
        self.view = tuple(self.num_features if i == 1 else 1 for i in range(x.ndim))
        self.m = x.size // self.num_features
        if self.training:
            mean = np.mean(x, axis=self.ax, keepdims=True)
            var = np.var(x, axis=self.ax, keepdims=True)
            unbiased = var.ravel() * (self.m / (self.m - 1) if self.m > 1 else 1.0)
            t = self.momentum
            self.running_mean = (1 - t) * self.running_mean + t * mean.ravel()
            self.running_var = (1 - t) * self.running_var + t * unbiased
        else:
            mean = self.running_mean.reshape(self.view)
            var = self.running_var.reshape(self.view)
        self.std = np.sqrt(var + self.eps)
        self.x_norm = (x - mean) / self.std
        self.used_batch = self.training
        out = self.gamma.reshape(self.view) * self.x_norm + self.beta.reshape(self.view)
        return out.astype(x.dtype, copy=False)

    def backward(self, dout):
        self.dgamma = np.sum(dout * self.x_norm, axis=self.ax)
        self.dbeta = np.sum(dout, axis=self.ax)
        dx = dout
        if self.used_batch:
            dx = (
                dout
                - self.dbeta.reshape(self.view) / self.m
                - self.x_norm * self.dgamma.reshape(self.view) / self.m
            )
        dx = dx * (self.gamma.reshape(self.view) / self.std)
        return dx.astype(dout.dtype, copy=False)

    __call__ = forward
