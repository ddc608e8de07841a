"""One batch norm class for my CNN that serves both the dense layers and the feature maps (N, C, H, W)."""

import numpy as np


class BatchNorm:
    def __init__(self, n_out, momentum=0.9, eps=1e-5):
        self.gamma = np.ones(n_out)
        self.beta = np.zeros(n_out)
        self.momentum = momentum
        self.eps = eps
        self.avg_mean = None
        self.avg_var = None

    def _match(self, v, x):
        return v if x.ndim == 2 else v.reshape(v.shape[0], 1, 1)

    def forward(self, x, training=True):
        if self.avg_mean is None:
            self.avg_mean = np.zeros(x.shape[1:])
            self.avg_var = np.ones(x.shape[1:])

        if training:
            mean = x.mean(axis=0)
            var = x.var(axis=0)
            self.avg_mean = self.momentum * self.avg_mean + (1 - self.momentum) * mean
            self.avg_var = self.momentum * self.avg_var + (1 - self.momentum) * var
        else:
            mean, var = self.avg_mean, self.avg_var

        self.std = np.sqrt(var + self.eps)
        self.x_hat = (x - mean) / self.std
        self.mode_used = "train" if training else "infer"
        y = self._match(self.gamma, x) * self.x_hat + self._match(self.beta, x)
        return y.astype(x.dtype)

    def backward(self, dy):
        axes = tuple(i for i in range(dy.ndim) if i != 1)
        self.dgamma = np.sum(dy * self.x_hat, axis=axes)
        self.dbeta = np.sum(dy, axis=axes)
        d = dy * self._match(self.gamma, dy)
        if self.mode_used == "train":
            d = d - d.mean(axis=0) - self.x_hat * (d * self.x_hat).mean(axis=0)
        return (d / self.std).astype(dy.dtype)
