"""Channels-last batch normalization for image tensors of layout NHWC (and for nothing else)."""

import numpy as np


class BatchNormNHWC:
    def __init__(self, channels, momentum=0.95, epsilon=1e-3):
        self.momentum = momentum
        self.epsilon = epsilon
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.moving_mean = np.zeros(channels)
        self.moving_variance = np.ones(channels)
        self.dgamma = None
        self.dbeta = None

    def _inverse_deviation(self, variance):
        return 1.0 / np.sqrt(np.maximum(variance, self.epsilon))

    def call(self, inputs, training=False):
        if inputs.ndim != 4:
            raise ValueError("NHWC images expected")
        mean, variance = self.moving_mean, self.moving_variance
        if training:
            mean = inputs.mean(axis=(0, 1, 2))
            variance = inputs.var(axis=(0, 1, 2))
            k = self.momentum
            self.moving_mean = self.moving_mean * k + mean * (1 - k)
            self.moving_variance = self.moving_variance * k + variance * (1 - k)
        self._inv = self._inverse_deviation(variance)
        self._xhat = (inputs - mean) * self._inv
        self._training = training
        return (self._xhat * self.gamma + self.beta).astype(inputs.dtype)

    __call__ = call

    def backward(self, upstream):
        self.dbeta = upstream.sum(axis=(0, 1, 2))
        self.dgamma = (upstream * self._xhat).sum(axis=(0, 1, 2))
        result = upstream
        if self._training:
            g_mean = upstream.mean(axis=(0, 1, 2))
            gx_mean = (upstream * self._xhat).mean(axis=(0, 1, 2))
            result = upstream - g_mean - self._xhat * gx_mean
        return (self.gamma * self._inv * result).astype(upstream.dtype)
