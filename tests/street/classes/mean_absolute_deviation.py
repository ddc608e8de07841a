"""Channel normalization over the batch with the channel axis moved to the front, for two or four dimensional arrays."""

import numpy as np


class ChannelNorm:
    def __init__(self, num_channels, eps=1e-5, momentum=0.1):
        self.eps = eps
        self.momentum = momentum
        self.params = {"weight": np.ones(num_channels), "bias": np.zeros(num_channels)}
        self.grads = {}
        self.buffers = {"mean": np.zeros(num_channels), "var": np.ones(num_channels)}
        self.training = True

    def train(self, flag=True):
        self.training = flag

    def eval(self):
        self.train(False)

    def forward(self, x):
        lines = np.swapaxes(x, 0, 1).reshape(x.shape[1], -1)  # (C, m)
        b = self.buffers
        if self.training:
            mean = lines.mean(axis=1)
            centred = lines - mean[:, None]
            dev = np.abs(centred).mean(axis=1)
            for key, value in (("mean", mean), ("var", dev**2)):
                b[key] = (1 - self.momentum) * b[key] + self.momentum * value
        else:
            centred = lines - b["mean"][:, None]
            dev = np.sqrt(b["var"])
        denom = np.sqrt(dev**2 + self.eps)
        z = centred / denom[:, None]
        self.ctx = (self.training, centred, dev, denom, z)
        out = z * self.params["weight"][:, None] + self.params["bias"][:, None]
        return self._unroll(out, x).astype(x.dtype)

    def _unroll(self, lines, like):
        moved = (like.shape[1], like.shape[0]) + like.shape[2:]
        return np.swapaxes(lines.reshape(moved), 0, 1)

    def backward(self, dy):
        trained, centred, dev, denom, z = self.ctx
        g = np.swapaxes(dy, 0, 1).reshape(dy.shape[1], -1)
        self.grads["weight"] = (g * z).sum(axis=1)
        self.grads["bias"] = g.sum(axis=1)
        gz = g * self.params["weight"][:, None]
        gc = gz / denom[:, None]
        if trained:
            gdenom = -(gz * centred).sum(axis=1) / denom**2
            gdev = gdenom * dev / denom
            gc = gc + (gdev / g.shape[1])[:, None] * np.sign(centred)
            gc = gc - gc.mean(axis=1, keepdims=True)
        return self._unroll(gc, dy).astype(dy.dtype)
