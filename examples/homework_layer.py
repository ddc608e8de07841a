"""A batch-norm layer as one writes it in a course: forward keeps a cache, backward uses it."""

import numpy as np


class BatchNorm:
    """Normalize each column of a ``(batch, features)`` array."""

    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        """Start with gamma 1, beta 0, and running statistics 0 and 1."""
        self.gamma = np.ones((1, num_features))
        self.beta = np.zeros((1, num_features))
        self.running_mean = np.zeros((1, num_features))
        self.running_var = np.ones((1, num_features))
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.dgamma = None
        self.dbeta = None

    def forward(self, x):
        """Return the normalized batch; in training mode also move the running statistics."""
        if not self.training:
            xhat = (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
            return self.gamma * xhat + self.beta
        mean = x.mean(axis=0, keepdims=True)
        centered = x - mean
        var = (centered**2).mean(axis=0, keepdims=True)
        inv_std = 1 / np.sqrt(var + self.eps)
        xhat = centered * inv_std
        self.cache = xhat, inv_std
        self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
        self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        return self.gamma * xhat + self.beta

    def backward(self, dy):
        """Return dx; keep dgamma and dbeta as attributes."""
        xhat, inv_std = self.cache
        self.dgamma = (dy * xhat).sum(axis=0, keepdims=True)
        self.dbeta = dy.sum(axis=0, keepdims=True)
        m = dy.shape[0]
        return self.gamma * inv_std * (dy - self.dbeta / m - xhat * self.dgamma / m)
