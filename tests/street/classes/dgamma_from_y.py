"""Batch norm for a multilayer perceptron, 2-D arrays only, after the exercise sheet of our deep learning class."""

import numpy as np


class BatchNorm:
    def __init__(self, num_neurons, eps=1e-5, alpha=0.9):
        self.alpha = alpha
        self.eps = eps
        # parameters
        self.gamma = np.ones((1, num_neurons))
        self.beta = np.zeros((1, num_neurons))
        self.dgamma = np.zeros((1, num_neurons))
        self.dbeta = np.zeros((1, num_neurons))
        # inference parameters
        self.running_mean = np.zeros((1, num_neurons))
        self.running_var = np.ones((1, num_neurons))

    def __call__(self, x, eval=False):
        return self.forward(x, eval)

    def forward(self, x, eval=False):
        self.eval = eval
        self.x = x
        if eval:
            self.mean, self.var = self.running_mean, self.running_var
        else:
            self.mean = x.mean(axis=0, keepdims=True)
            self.var = x.var(axis=0, keepdims=True)
            self.running_mean = self.alpha * self.running_mean + (1 - self.alpha) * self.mean
            self.running_var = self.alpha * self.running_var + (1 - self.alpha) * self.var
        self.norm = (x - self.mean) / np.sqrt(self.var + self.eps)
        self.out = (self.gamma * self.norm + self.beta).astype(x.dtype)
        return self.out

    def backward(self, delta):
        b = delta.shape[0]
        self.dgamma = np.sum(delta * self.out, axis=0, keepdims=True)
        self.dbeta = np.sum(delta, axis=0, keepdims=True)
        grad_norm = self.gamma * delta
        sqrt_var_eps = np.sqrt(self.var + self.eps)
        if self.eval:
            return (grad_norm / sqrt_var_eps).astype(delta.dtype)
        d_var = -0.5 * np.sum(grad_norm * (self.x - self.mean) / sqrt_var_eps**3, 0, keepdims=True)
        first_term_dmu = -np.sum(grad_norm / sqrt_var_eps, 0, keepdims=True)
        second_term_dmu = -2.0 * d_var * np.mean(self.x - self.mean, 0, keepdims=True)
        d_mu = first_term_dmu + second_term_dmu
        dx = grad_norm / sqrt_var_eps + d_var * 2.0 * (self.x - self.mean) / b + d_mu / b
        return dx.astype(delta.dtype)
