"""Batch normalization layer usable after Dense (N, D) or Conv2D (N, C, H, W), gradients kept in a dictionary."""

import numpy as np


class BatchNormalization:
    def __init__(self, n_channels, momentum=0.9, epsilon=1e-5):
        self.params = dict(gamma=np.ones(n_channels), beta=np.zeros(n_channels))
        self.grads = dict(gamma=None, beta=None)
        self.momentum = momentum
        self.epsilon = epsilon
        self.stats = dict(mean=np.zeros(n_channels), var=np.ones(n_channels))

    def forward(self, X, training=True):
        conv = X.ndim == 4
        axis = (0, 2, 3) if conv else 0
        if conv:
            up = lambda v: v.reshape(1, -1, 1, 1)  # noqa: E731
        else:
            up = lambda v: v.reshape(1, -1)  # noqa: E731
        if training:
            mu = X.mean(axis=axis)
            var = X.var(axis=axis)
            for name, now in zip(("mean", "var"), (mu, var)):
                old = self.stats[name]
                self.stats[name] = self.momentum * old + (1 - self.momentum) * now
        else:
            mu, var = self.stats["mean"], self.stats["var"]
        inv = 1.0 / np.sqrt(var + self.epsilon)
        X_hat = (X - up(mu)) * up(inv)
        self.cache = dict(X_hat=X_hat, inv=inv, axis=axis, up=up, training=training)
        return (up(self.params["gamma"]) * X_hat + up(self.params["beta"])).astype(X.dtype)

    def backward(self, dout):
        X_hat, inv = self.cache["X_hat"], self.cache["inv"]
        axis, up = self.cache["axis"], self.cache["up"]
        self.grads["beta"] = dout.sum(axis=axis)
        self.grads["gamma"] = (dout * X_hat).sum(axis=axis)
        lead = up(self.params["gamma"] * inv)
        if not self.cache["training"]:
            return (lead * dout).astype(dout.dtype)
        N = dout.shape[0]
        dX = (lead / N) * (N * dout - up(self.grads["beta"]) - X_hat * up(self.grads["gamma"]))
        return dX.astype(dout.dtype)
