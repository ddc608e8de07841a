"""Keras-looking BatchNormalization for my NumPy framework, axis=1 channels, any rank from 2 up."""

import numpy as np


class Variable:
    def __init__(self, init, name):
        self.data = init
        self.grad = None
        self.name = name


class BatchNormalization:
    def __init__(self, momentum=0.99, epsilon=1e-3):
        self.momentum = momentum
        self.epsilon = epsilon
        self.built = False

    def build(self, input_shape):
        c = input_shape[1]
        self.gamma = Variable(np.ones(c), "gamma")
        self.beta = Variable(np.zeros(c), "beta")
        self.moving_mean = Variable(np.zeros(c), "moving_mean")
        self.moving_variance = Variable(np.ones(c), "moving_variance")
        self.trainable_weights = [self.gamma, self.beta]
        self.built = True

    def __call__(self, x, training=False):
        if not self.built:
            self.build(x.shape)
        self._axes = tuple(np.delete(np.arange(x.ndim), 1))
        self._bshape = (1, x.shape[1]) + (1,) * (x.ndim - 2)
        self._training = training
        if training:
            mean = np.mean(x, self._axes)
            variance = np.var(x, self._axes)
            for var, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
                var.data = var.data * self.momentum + batch * (1 - self.momentum)
        else:
            mean, variance = self.moving_mean.data, self.moving_variance.data
        self._std = np.sqrt(variance + self.epsilon).reshape(self._bshape)
        self._norm = (x - mean.reshape(self._bshape)) / self._std
        scaled = self._norm * self.gamma.data.reshape(self._bshape)
        return (scaled + self.beta.data.reshape(self._bshape)).astype(x.dtype)

    def gradient(self, upstream):
        avg = np.mean(upstream, self._axes)
        avg_norm = np.mean(upstream * self._norm, self._axes)
        self.gamma.grad = avg_norm
        self.beta.grad = avg
        out = upstream
        if self._training:
            out = out - avg.reshape(self._bshape)
            out = out - self._norm * avg_norm.reshape(self._bshape)
        out = out * self.gamma.data.reshape(self._bshape) / self._std
        return out.astype(upstream.dtype)
