"""BatchNorm2d in pure NumPy with train() and eval(), accepting (N, C) as well as (N, C, H, W)."""

import numpy as np


class BatchNorm2d:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.weight = np.ones(num_features)
        self.bias = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.training = True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def _view(self, v, ndim):
        return v.reshape((1, -1) + (1,) * (ndim - 2))

    def forward(self, x):
        axes = (0, 2, 3)[: x.ndim - 1]
        if self.training:
            mean = x.mean(axis=axes)
            var = x.var(axis=axes)
            n = x.size / x.shape[1]
            corrected = var if n == 1 else var * (n / (n - 1))
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * corrected
        else:
            mean = self.running_mean
            var = self.running_var
        self.inv_std = self._view(1.0 / np.sqrt(var + self.eps), x.ndim)
        self.x_hat = (x - self._view(mean, x.ndim)) * self.inv_std
        y = self._view(self.weight, x.ndim) * self.x_hat + self._view(self.bias, x.ndim)
        return y.astype(x.dtype)

    def backward(self, grad):
        axes = (0, 2, 3)[: grad.ndim - 1]
        self.grad_weight = (grad * self.x_hat).sum(axis=axes)
        self.grad_bias = grad.sum(axis=axes)
        dxhat = grad * self._view(self.weight, grad.ndim)
        mean_dxhat = dxhat.mean(axis=axes, keepdims=True)
        mean_dxhat_xhat = (dxhat * self.x_hat).mean(axis=axes, keepdims=True)
        dx = self.inv_std * (dxhat - mean_dxhat - self.x_hat * mean_dxhat_xhat)
        return dx.astype(grad.dtype)
