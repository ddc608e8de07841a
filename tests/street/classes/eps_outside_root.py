"""Batch normalization layer of my small deep learning library, for dense (m, C) and convolutional (N, C, H, W) inputs."""

import numpy as np


class Layer:
    def set_input_shape(self, shape):
        self.input_shape = shape

    def layer_name(self):
        return self.__class__.__name__


class BatchNormalization(Layer):
    def __init__(self, momentum=0.99, epsilon=1e-5, input_shape=None):
        self.momentum = momentum
        self.eps = epsilon
        self.input_shape = None
        if input_shape is not None:
            self.set_input_shape(input_shape)

    def set_input_shape(self, shape):
        """shape is the shape of one sample: (C,) or (C, H, W)."""
        super().set_input_shape(shape)
        channels = shape[0]
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.running_mean = np.zeros(channels)
        self.running_var = np.ones(channels)

    def parameters(self):
        return self.gamma.size + self.beta.size

    def forward_pass(self, X, training=True):
        if self.input_shape is None:
            self.set_input_shape(X.shape[1:])
        axes = (0,) + tuple(range(2, X.ndim))
        shape = [1] * X.ndim
        shape[1] = -1
        if training:
            mean = np.mean(X, axis=axes)
            var = np.var(X, axis=axes)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mean, var = self.running_mean, self.running_var

        # saved for the backward pass
        self.axes, self.bshape, self.was_training = axes, shape, training
        self.stddev_inv = (1.0 / (np.sqrt(var) + self.eps)).reshape(shape)
        self.X_norm = (X - mean.reshape(shape)) * self.stddev_inv

        output = self.gamma.reshape(shape) * self.X_norm + self.beta.reshape(shape)
        return output.astype(X.dtype)

    def backward_pass(self, accum_grad):
        axes, shape = self.axes, self.bshape
        gamma = self.gamma.reshape(shape)
        self.grad_gamma = np.sum(accum_grad * self.X_norm, axis=axes)
        self.grad_beta = np.sum(accum_grad, axis=axes)
        if not self.was_training:
            return (gamma * self.stddev_inv * accum_grad).astype(accum_grad.dtype)
        m = accum_grad.size // accum_grad.shape[1]
        grad = (
            gamma
            * self.stddev_inv
            / m
            * (
                m * accum_grad
                - self.grad_beta.reshape(shape)
                - self.X_norm * self.grad_gamma.reshape(shape)
            )
        )
        return grad.astype(accum_grad.dtype)
