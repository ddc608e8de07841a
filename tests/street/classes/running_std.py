"""BatchNormalization for dense layers (2-D only) that updates its own parameters with gradient descent during the backward pass."""

import copy

import numpy as np


class GradientDescent:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update(self, w, grad_wrt_w):
        return w - self.learning_rate * grad_wrt_w


class BatchNormalization:
    def __init__(self, input_shape, optimizer=None, momentum=0.99, eps=1e-3):
        """input_shape: (C,)"""
        self.momentum = momentum
        self.eps = eps
        self.trainable = True
        self.gamma = np.ones(input_shape)
        self.beta = np.zeros(input_shape)
        self.running_mean = np.zeros(input_shape)
        self.running_var = np.ones(input_shape)
        optimizer = optimizer or GradientDescent()
        self.gamma_opt = copy.copy(optimizer)
        self.beta_opt = copy.copy(optimizer)

    def forward_pass(self, X, training=True):
        self.used_batch = training
        if training:
            mean = np.mean(X, axis=0)
            std = np.std(X, axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * std
            var = std**2
        else:
            mean = self.running_mean
            var = self.running_var
        self.X_centered = X - mean
        self.stddev_inv = 1 / np.sqrt(var + self.eps)
        X_norm = self.X_centered * self.stddev_inv
        return (self.gamma * X_norm + self.beta).astype(X.dtype)

    def backward_pass(self, accum_grad):
        gamma = self.gamma  # the value used during the forward pass
        X_norm = self.X_centered * self.stddev_inv
        if self.trainable:
            grad_gamma = np.sum(accum_grad * X_norm, axis=0)
            grad_beta = np.sum(accum_grad, axis=0)
            self.gamma = self.gamma_opt.update(self.gamma, grad_gamma)
            self.beta = self.beta_opt.update(self.beta, grad_beta)
        if not self.used_batch:
            return (gamma * self.stddev_inv * accum_grad).astype(accum_grad.dtype)
        batch_size = accum_grad.shape[0]
        out = (
            (1 / batch_size)
            * gamma
            * self.stddev_inv
            * (
                batch_size * accum_grad
                - np.sum(accum_grad, axis=0)
                - self.X_centered
                * self.stddev_inv**2
                * np.sum(accum_grad * self.X_centered, axis=0)
            )
        )
        return out.astype(accum_grad.dtype)
