"""Batch norm that gathers its moments block by block, the way our C++ kernel does, for (m, C) or (N, C, H, W)."""

import numpy as np

LANES = 4


def lane_average(lines):
    """Mean of each line of a (C, m) array, accumulated lane by lane."""
    c, m = lines.shape
    width = min(LANES, m)
    lanes = np.zeros((c, width), dtype=lines.dtype)
    blocks = m // width
    for b in range(blocks):
        lanes += lines[:, b * width : (b + 1) * width]
    return lanes.sum(axis=1) / (blocks * width)


class BlockBatchNorm:
    def __init__(self, c, eps=1e-5, keep=0.9):
        self.c, self.eps, self.keep = c, eps, keep
        self.w = np.ones(c)
        self.b = np.zeros(c)
        self.mean_ema = np.zeros(c)
        self.var_ema = np.ones(c)

    def _flatten(self, a):
        return np.moveaxis(a, 1, 0).reshape(self.c, -1)

    def _restore(self, lines, shape):
        front = (self.c, shape[0], *shape[2:])
        return np.moveaxis(lines.reshape(front), 0, 1)

    def forward(self, x, inference=False):
        lines = self._flatten(x)
        if inference:
            mean, var = self.mean_ema, self.var_ema
        else:
            mean = lane_average(lines)
            var = lane_average((lines - mean[:, None]) ** 2)
            self.mean_ema = self.keep * self.mean_ema + (1 - self.keep) * mean
            self.var_ema = self.keep * self.var_ema + (1 - self.keep) * var
        r = 1 / np.sqrt(var + self.eps)
        h = (lines - mean[:, None]) * r[:, None]
        self.memo = (h, r, inference)
        out = h * self.w[:, None] + self.b[:, None]
        return self._restore(out, x.shape).astype(x.dtype)

    def backward(self, dy):
        h, r, inference = self.memo
        g = self._flatten(dy)
        self.dw = np.sum(g * h, axis=1)
        self.db = np.sum(g, axis=1)
        if not inference:
            m = g.shape[1]
            g = g - (self.db / m)[:, None] - h * (self.dw / m)[:, None]
        dx = g * (self.w * r)[:, None]
        return self._restore(dx, dy.shape).astype(dy.dtype)
