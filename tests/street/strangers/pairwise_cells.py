import numpy as np


class BatchNorm2D:
    """(N, C, H, W) only; one channel at a time."""

    def __init__(self, channels, eps=1e-5):
        self.gamma = np.ones(channels)
        self.beta = np.zeros(channels)
        self.eps = eps

    def forward(self, x):
        n, c, h, w = x.shape
        self.x_norm = np.zeros_like(x)
        self.std = np.zeros(c)
        out = np.zeros_like(x)
        for i in range(c):
            plane = x[:, i]
            centred = plane - plane.mean()
            self.std[i] = np.sqrt((centred**2).mean() + self.eps)
            self.x_norm[:, i] = centred / self.std[i]
            out[:, i] = self.gamma[i] * self.x_norm[:, i] + self.beta[i]
        return out

    def backward(self, grad):
        n, c, h, w = grad.shape
        self.dgamma = np.zeros(c)
        self.dbeta = np.zeros(c)
        dx = np.zeros_like(grad)
        for i in range(c):
            g, xn = grad[:, i], self.x_norm[:, i]
            self.dbeta[i] = g.sum()
            self.dgamma[i] = (g * xn).sum()
            dx[:, i] = self.gamma[i] / self.std[i] * (g - g.mean() - xn * (g * xn).mean())
        return dx
