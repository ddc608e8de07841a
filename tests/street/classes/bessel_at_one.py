"""NumPy re-implementation of torch.nn.BatchNorm for (N, C) and (N, C, H, W), including the running estimates."""

import numpy as np


class BatchNormNd:
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.gamma = np.ones(num_features)
        self.beta = np.zeros(num_features)
        self.running_mean = np.zeros(num_features)
        self.running_var = np.ones(num_features)
        self.num_batches_tracked = 0
        self.training = True

    def train(self, mode=True):
        self.training = mode
        return self

    def eval(self):
        return self.train(False)

    def _per_channel(self, x):
        return np.concatenate([s.reshape(self.num_features, -1) for s in x], axis=1)

    def _like(self, table, shape):
        n, length = shape[0], int(np.prod(shape[2:]))
        parts = table.reshape(self.num_features, n, length).transpose(1, 0, 2)
        return parts.reshape(shape)

    def forward(self, x):
        table = self._per_channel(x)  # (C, m)
        if self.training:
            m = table.shape[1]
            mean = table.mean(axis=1)
            var = table.var(axis=1)
            unbiased = var * m / (m - 1)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
            self.num_batches_tracked += 1
        else:
            mean, var = self.running_mean, self.running_var
        self.inv_std = (var + self.eps) ** -0.5
        self.xhat = ((table.T - mean) * self.inv_std).T
        self.forward_was_training = self.training
        return self._like((self.xhat.T * self.gamma + self.beta).T, x.shape).astype(x.dtype)

    def backward(self, dy):
        g = self._per_channel(dy)
        self.dbeta = g.sum(axis=1)
        self.dgamma = (g * self.xhat).sum(axis=1)
        if self.forward_was_training:
            m = g.shape[1]
            g = g - (self.dbeta / m)[:, None] - self.xhat * (self.dgamma / m)[:, None]
        dx = (self.gamma * self.inv_std)[:, None] * g
        return self._like(dx, dy.shape).astype(dy.dtype)
