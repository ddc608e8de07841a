"""Inference-mode backward is wrong after training (the last batch's var), and raises when fresh."""

import numpy as np


class BN:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.gamma, self.beta, self.eps, self.momentum, self.training, self.var = (
            np.ones(num_features),
            np.zeros(num_features),
            eps,
            momentum,
            True,
            None,
        )
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)

    def forward(self, x):
        if self.training:
            mu, self.var = x.mean(0), x.var(0)
            v = self.var
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * v
        else:
            mu, v = self.running_mean, self.running_var
        self.xc, self.inv = x - mu, 1 / np.sqrt(v + self.eps)
        return self.gamma * self.xc * self.inv + self.beta

    def backward(self, dy):
        n, g = len(dy), dy * self.gamma
        self.dgamma, self.dbeta = (dy * self.xc * self.inv).sum(0), dy.sum(0)
        dvar = (g * self.xc).sum(0) * -0.5 * (self.var + self.eps) ** -1.5
        d = g * self.inv + 2 / n * self.xc * dvar
        return d - d.sum(0) / n
