"""Batch normalization in the style of the ML-From-Scratch layers."""

import numpy as np


class BatchNormalization:
    """input_shape is the shape of one sample, channels first: (C,) or (C, H, W)."""

    def __init__(self, input_shape, rho=0.99, eps=0.01):
        self.input_shape = tuple(input_shape)
        self.rho = rho
        self.eps = eps
        self.trainable = True
        self.running_mean = None
        self.running_var = None
        self.initialize()

    def initialize(self):
        self.gamma = np.ones(self.input_shape[0])
        self.beta = np.zeros(self.input_shape[0])

    def layer_name(self):
        return type(self).__name__

    def parameters(self):
        return np.prod(self.gamma.shape) + np.prod(self.beta.shape)

    def output_shape(self):
        return self.input_shape

    def _wide(self, v):
        return v.reshape((-1,) + (1,) * (len(self.input_shape) - 1))

    def forward_pass(self, X, training=True):
        self.axis = (0,) + tuple(range(2, X.ndim))
        if training:
            mean = np.mean(X, axis=self.axis)
            var = np.var(X, axis=self.axis)
            if self.running_mean is None:
                # the averages begin at the first batch's statistics
                self.running_mean, self.running_var = mean, var
            self.running_mean = self.rho * self.running_mean + (1 - self.rho) * mean
            self.running_var = self.rho * self.running_var + (1 - self.rho) * var
        elif self.running_mean is None:
            raise RuntimeError("no training pass has been made yet")
        else:
            mean, var = self.running_mean, self.running_var

        # Statistics saved for backward pass
        self.X_centered = X - self._wide(mean)
        self.stddev_inv = self._wide(1 / np.sqrt(var + self.eps))
        self.was_training = training

        X_norm = self.X_centered * self.stddev_inv
        output = self._wide(self.gamma) * X_norm + self._wide(self.beta)
        return output.astype(X.dtype)

    def backward_pass(self, accum_grad):
        gamma = self._wide(self.gamma)
        if self.trainable:
            X_norm = self.X_centered * self.stddev_inv
            self.grad_gamma = np.sum(accum_grad * X_norm, axis=self.axis)
            self.grad_beta = np.sum(accum_grad, axis=self.axis)
        if not self.was_training:
            return (gamma * self.stddev_inv * accum_grad).astype(accum_grad.dtype)
        count = accum_grad.size // self.input_shape[0]
        kept = dict(axis=self.axis, keepdims=True)
        # The gradient of the loss with respect to the layer inputs
        accum = (
            (1 / count)
            * gamma
            * self.stddev_inv
            * (
                count * accum_grad
                - np.sum(accum_grad, **kept)
                - self.X_centered
                * self.stddev_inv**2
                * np.sum(accum_grad * self.X_centered, **kept)
            )
        )
        return accum.astype(accum_grad.dtype)
