"""Neon-style layer with fprop and bprop for my speech models."""

import numpy as np


class BNLayer:
    def __init__(self, n_out, decay_rate=0.9, eps=1e-6):
        self.n_out = n_out
        self.decay_rate = decay_rate
        self.eps = eps
        self.gamma = np.ones(n_out)
        self.beta = np.zeros(n_out)
        self.grad_gamma = np.zeros(n_out)
        self.grad_beta = np.zeros(n_out)
        self.gmean = np.zeros(n_out)
        self.gvar = np.ones(n_out)

    def _b(self, v, nd):
        return np.expand_dims(v, tuple(range(1, nd - 1)))

    def fprop(self, inputs, inference=False):
        nd = inputs.ndim
        if inference:
            bmean, bvar = self.gmean, self.gvar
        else:
            total = np.add.reduce(inputs, axis=tuple(a for a in range(nd) if a != 1))
            self.count = inputs.size // self.n_out
            bmean = total / self.count
            resid = np.square(inputs - self._b(bmean, nd))
            bvar = np.add.reduce(resid, axis=tuple(a for a in range(nd) if a != 1)) / self.count
            self.gmean = self.gmean * self.decay_rate + bmean * (1.0 - self.decay_rate)
            self.gvar = self.gvar * self.decay_rate + bvar * (1.0 - self.decay_rate)
        self.rstd = 1.0 / np.sqrt(bvar + self.eps)
        self.xhat = (inputs - self._b(bmean, nd)) * self._b(self.rstd, nd)
        self.inference = inference
        return (self.xhat * self._b(self.gamma, nd) + self._b(self.beta, nd)).astype(inputs.dtype)

    def bprop(self, error):
        nd = error.ndim
        axes = tuple(a for a in range(nd) if a != 1)
        self.grad_gamma = (self.xhat * error).sum(axis=axes)
        self.grad_beta = error.sum(axis=axes)
        k = self._b(self.gamma * self.rstd, nd)
        if self.inference:
            return (error * k).astype(error.dtype)
        xtmp = self.xhat * self._b(self.grad_gamma, nd) + self._b(self.grad_beta, nd)
        return (k * (error - xtmp / self.count)).astype(error.dtype)
