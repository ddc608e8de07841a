"""BatchNorm layer for (m, C) and (N, C, H, W) with affine parameters of shape (C,) and an is_training attribute."""

import numpy as np


class BatchNorm:
    def __init__(self, channels, eps=1e-5, decay=0.9):
        self.channels = channels
        self.eps = eps
        self.decay = decay
        self.params = {"scale": np.ones(channels), "bias": np.zeros(channels)}
        self.grads = {"scale": None, "bias": None}
        self.state = {"mean": np.zeros(channels), "var": np.ones(channels)}
        self.is_training = True

    # (N, C, ...) -> (..., C) so that plain broadcasting works
    def _last(self, a):
        return np.moveaxis(a, 1, -1)

    def _first(self, a):
        return np.moveaxis(a, -1, 1)

    def forward(self, x):
        v = self._last(x)
        lead = tuple(range(v.ndim - 1))
        if self.is_training:
            mean = v.mean(axis=lead)
            var = v.var(axis=lead)
            self.state["mean"] = self.decay * self.state["mean"] + (1 - self.decay) * mean
            self.state["var"] = self.decay * self.state["var"] + (1 - self.decay) * var
        else:
            mean, var = self.state["mean"], self.state["var"]
        self.inv_std = np.power(var + self.eps, -0.5)
        self.xhat = (v - mean) * self.inv_std
        self.last_mode = self.is_training
        y = self.params["scale"] * self.xhat + self.params["bias"]
        return self._first(y).astype(x.dtype)

    def backward(self, dy):
        d = self._last(dy)
        lead = tuple(range(d.ndim - 1))
        d_hat = d * self.params["scale"]
        self.grads["scale"] = np.sum(d * self.xhat, axis=lead)
        self.grads["bias"] = np.sum(d_hat, axis=lead)
        if self.last_mode:
            along = np.mean(d_hat * self.xhat, axis=lead)
            d_hat = d_hat - np.mean(d_hat, axis=lead) - self.xhat * along
        return self._first(d_hat * self.inv_std).astype(dy.dtype)
