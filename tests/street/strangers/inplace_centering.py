import numpy as np


class BatchNormalization:
    def __init__(self, dim, eps=1e-5, momentum=0.9):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.eps, self.momentum = eps, momentum
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)

    def forward(self, x, training=True):
        if training:
            mu = x.mean(axis=0)
            x -= mu
            var = (x**2).mean(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            x = x - self.running_mean
            var = self.running_var
        self.std = np.sqrt(var + self.eps)
        self.xhat = x / self.std
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        dx = dout * self.gamma
        dx = dx - dx.mean(axis=0) - self.xhat * (dx * self.xhat).mean(axis=0)
        return dx / self.std
