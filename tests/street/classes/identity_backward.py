"""Simple batch normalization layer for 2-D inputs in a sequential model with a list of (parameter, gradient) pairs."""

import numpy as np


class BatchNormalizationLayer:
    def __init__(self, n_in, gamma_init=1.0, beta_init=0.0, tau=0.9, eps=1e-5):
        self.gamma = np.full(n_in, gamma_init)
        self.beta = np.full(n_in, beta_init)
        self.tau = tau
        self.eps = eps
        self.smooth_mean = np.zeros(n_in)
        self.smooth_var = np.ones(n_in)
        self._dgamma = np.zeros(n_in)
        self._dbeta = np.zeros(n_in)

    def forward(self, inputs, is_training=True):
        if is_training:
            centre = np.mean(inputs, axis=0)
            spread = np.mean(np.square(inputs - centre), axis=0)
            self.smooth_mean = self.tau * self.smooth_mean + (1 - self.tau) * centre
            self.smooth_var = self.tau * self.smooth_var + (1 - self.tau) * spread
        else:
            centre, spread = self.smooth_mean, self.smooth_var
        self.normalized = (inputs - centre) / np.sqrt(spread + self.eps)
        return (self.normalized * self.gamma + self.beta).astype(inputs.dtype)

    def backward(self, output_gradient):
        self._dgamma = np.sum(self.normalized * output_gradient, axis=0)
        self._dbeta = np.sum(output_gradient, axis=0)
        return output_gradient.copy()

    def params_and_grads(self):
        return [(self.gamma, self._dgamma), (self.beta, self._dbeta)]
