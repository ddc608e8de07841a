"""Accurate reference batch normalization for checking the other layers, with (m, C) or (N, C, H, W) input."""

import numpy as np


class ReferenceBatchNorm:
    def __init__(self, num_channels, eps=1e-5, decay_rate=0.9):
        self.num_channels = num_channels
        self.eps = eps
        self.decay_rate = decay_rate
        self.gamma = np.ones(num_channels, dtype=np.float64)
        self.beta = np.zeros(num_channels, dtype=np.float64)
        self.moving_mean = np.zeros(num_channels, dtype=np.float64)
        self.moving_var = np.ones(num_channels, dtype=np.float64)

    def _columns(self, t):
        t = np.asarray(t, dtype=np.float64)
        return [t[:, c] for c in range(self.num_channels)]

    def forward(self, x, training=True):
        ys, self.tape = [], []
        for c, col in enumerate(self._columns(x)):
            if training:
                mean = col.mean()
                var = ((col - mean) ** 2).mean()
                self.moving_mean[c] += (1 - self.decay_rate) * (mean - self.moving_mean[c])
                self.moving_var[c] += (1 - self.decay_rate) * (var - self.moving_var[c])
            else:
                mean, var = self.moving_mean[c], self.moving_var[c]
            s = np.sqrt(var + self.eps)
            xhat = (col - mean) / s
            ys.append(self.gamma[c] * xhat + self.beta[c])
            self.tape.append((xhat, s, training))
        return np.stack(ys, axis=1)

    def backward(self, dy):
        dxs = []
        self.dgamma = np.zeros(self.num_channels)
        self.dbeta = np.zeros(self.num_channels)
        for c, (g, (xhat, s, training)) in enumerate(zip(self._columns(dy), self.tape)):
            self.dgamma[c] = (g * xhat).sum()
            self.dbeta[c] = g.sum()
            if training:
                g = g - g.mean() - xhat * (g * xhat).mean()
            dxs.append(self.gamma[c] / s * g)
        return np.stack(dxs, axis=1)
