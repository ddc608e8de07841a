"""Batch normalization for TensorFlow-ordered image batches."""

import numpy as np


class BatchNormNHWC:
    """Input (N, H, W, C); nothing else is accepted."""

    def __init__(self, depth, epsilon=1e-3, momentum=0.99):
        self.scale = np.ones((depth,), dtype="float32")
        self.offset = np.zeros((depth,), dtype="float32")
        self.moving_mean = np.zeros((depth,), dtype="float32")
        self.moving_variance = np.ones((depth,), dtype="float32")
        self.epsilon = epsilon
        self.momentum = momentum
        self._tape = None

    def __call__(self, images, training=False):
        if images.ndim != 4:
            raise ValueError("BatchNormNHWC wants a 4-D array (N, H, W, C)")
        if images.shape[-1] != self.scale.shape[0]:
            raise ValueError("wrong number of channels")
        if training:
            mean = images.mean(axis=(0, 1, 2))
            variance = np.mean((images - mean) ** 2, axis=(0, 1, 2))
            keep = self.momentum
            self.moving_mean = keep * self.moving_mean + (1 - keep) * mean
            self.moving_variance = keep * self.moving_variance + (1 - keep) * variance
        else:
            mean, variance = self.moving_mean, self.moving_variance
        rsqrt = 1 / np.sqrt(variance + self.epsilon)
        unit = (images - mean) * rsqrt
        self._tape = (unit, rsqrt, bool(training))
        return np.asarray(unit * self.scale + self.offset, dtype=images.dtype)

    def gradients(self, upstream):
        """Returns (d_images, d_scale, d_offset)."""
        unit, rsqrt, trained = self._tape
        over = (0, 1, 2)
        d_scale = np.sum(upstream * unit, axis=over)
        d_offset = np.sum(upstream, axis=over)
        d_unit = upstream * self.scale
        if trained:
            d_unit = d_unit - d_unit.mean(axis=over) - unit * (d_unit * unit).mean(axis=over)
        return np.asarray(d_unit * rsqrt, dtype=upstream.dtype), d_scale, d_offset
