"""Memory-lean batch normalization that keeps only one activation array per layer, for channels-first input of any rank."""

import numpy as np


class LeanBatchNorm:
    def __init__(self, nf, mom=0.1, eps=1e-5):
        self.mults = np.ones(nf)
        self.adds = np.zeros(nf)
        self.means = np.zeros(nf)
        self.vars = np.ones(nf)
        self.mom, self.eps = mom, eps

    def _ch(self, v):
        return v.reshape((1, -1) + (1,) * (self.ndim - 2))

    def update_stats(self, x, axes):
        m = x.mean(axis=axes)
        v = x.var(axis=axes)
        self.means = self.means + self.mom * (m - self.means)
        self.vars = self.vars + self.mom * (v - self.vars)
        return m, v

    def forward(self, x, training=True):
        self.ndim = x.ndim
        self.training = training
        axes = (0,) + tuple(range(2, x.ndim))
        m, v = self.update_stats(x, axes) if training else (self.means, self.vars)
        self.factor = 1 / np.sqrt(v + self.eps)
        y = self._ch(self.mults) * ((x - self._ch(m)) * self._ch(self.factor)) + self._ch(self.adds)
        self.y = y.astype(x.dtype)
        return self.y

    def backward(self, dy):
        axes = (0,) + tuple(range(2, dy.ndim))
        xn = (self.y - self._ch(self.adds)) / self._ch(self.mults)
        self.adds_g = dy.sum(axis=axes)
        self.mults_g = (dy * xn).sum(axis=axes)
        dx = dy
        if self.training:
            n = dy.size / dy.shape[1]
            dx = dy - self._ch(self.adds_g) / n - xn * self._ch(self.mults_g) / n
        return (dx * self._ch(self.mults * self.factor)).astype(dy.dtype)
