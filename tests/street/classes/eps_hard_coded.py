"""Normalizes the columns of a 2-D activation matrix (m, C); call the layer, then ask it for the gradient."""

import numpy as np

EPSILON = 1e-5


class BatchNorm1D:
    """scale, shift: (C,).  After gradient(): d_scale, d_shift."""

    def __init__(self, n_out, decay_rate=0.9, eps=1e-5, dtype=np.float64):
        self.n_out = n_out
        self.decay_rate = decay_rate
        self.eps = eps
        self.scale = np.ones(n_out, dtype=dtype)
        self.shift = np.zeros(n_out, dtype=dtype)
        self.moving_mean = np.zeros(n_out, dtype=dtype)
        self.moving_variance = np.ones(n_out, dtype=dtype)
        self.cache = {}

    def __call__(self, X, training=True):
        if X.ndim != 2 or X.shape[1] != self.n_out:
            raise ValueError(f"expected (m, {self.n_out}), got {X.shape}")
        if training:
            mean = X.mean(axis=0)
            diff = X - mean
            variance = np.einsum("ij,ij->j", diff, diff) / len(X)
            self._track(mean, variance)
        else:
            diff = X - self.moving_mean
            variance = self.moving_variance
        root = np.sqrt(variance + EPSILON)
        normed = diff / root
        self.cache = {"normed": normed, "root": root, "training": training}
        return (self.scale * normed + self.shift).astype(X.dtype)

    def _track(self, mean, variance):
        r = self.decay_rate
        self.moving_mean = r * self.moving_mean + (1 - r) * mean
        self.moving_variance = r * self.moving_variance + (1 - r) * variance

    def gradient(self, dY):
        normed, root = self.cache["normed"], self.cache["root"]
        self.d_shift = np.einsum("ij->j", dY)
        self.d_scale = np.einsum("ij,ij->j", dY, normed)
        inner = dY
        if self.cache["training"]:
            m = dY.shape[0]
            inner = dY - self.d_shift / m - normed * (self.d_scale / m)
        return (inner * (self.scale / root)).astype(dY.dtype)
