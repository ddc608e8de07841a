"""BatchNormalization with scale and shift, written for my course notes, on matrices (m, C) and feature maps (N, C, H, W)."""

import numpy as np


class BatchNormalization:
    def __init__(self, scale, shift, decay=0.95, eps=1e-6):
        self.scale = np.array(scale, copy=True)
        self.shift = np.array(shift, copy=True)
        self.decay = decay
        self.eps = eps
        self.test_mean = np.zeros_like(self.scale)
        self.test_var = np.ones_like(self.scale)

    def normalise(self, x, mean, var):
        return (x - mean) / np.sqrt(var + self.eps)

    def as_matrix(self, t):
        return t if t.ndim == 2 else np.rollaxis(t, 1, 4).reshape(-1, t.shape[1])

    def as_before(self, mat, shape):
        if len(shape) == 2:
            return mat
        n, c, h, w = shape
        return np.rollaxis(mat.reshape(n, h, w, c), 3, 1)

    def forward(self, x, test=False):
        mat = self.as_matrix(x)
        if test:
            mean, var = self.test_mean, self.test_var
        else:
            mean = np.average(mat, axis=0)
            var = np.average((mat - mean) ** 2, axis=0)
            self.test_mean = self.decay * self.test_mean + (1 - self.decay) * mean
            self.test_var = self.decay * self.test_var + (1 - self.decay) * var
        xn = self.normalise(mat, mean, var)
        self.kept = {"xn": xn, "sigma": np.sqrt(var + self.eps), "test": test}
        out = self.scale * (xn + self.shift)
        return self.as_before(out, x.shape).astype(x.dtype)

    def backward(self, dy):
        g = self.as_matrix(dy)
        xn, sigma = self.kept["xn"], self.kept["sigma"]
        self.d_scale = (g * xn).sum(0)
        self.d_shift = g.sum(0)
        dxn = g * self.scale
        if self.kept["test"]:
            dx = dxn / sigma
        else:
            m = len(g)
            dx = (dxn - dxn.sum(0) / m - xn * (dxn * xn).sum(0) / m) / sigma
        return self.as_before(dx, dy.shape).astype(dy.dtype)
