import numpy as np


class BatchNormalization:
    """Updates the running variance around the running mean."""

    def __init__(self, n_features, eps=1e-5, momentum=0.9):
        self.gamma, self.beta = np.ones(n_features), np.zeros(n_features)
        self.eps, self.momentum = eps, momentum
        self.running_mean = np.zeros(n_features)
        self.running_var = np.zeros(n_features)

    def forward(self, x, training=True):
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            # the batch's mean is added to what was just updated, the variance from the old mean
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mean
            var_run = ((x - self.running_mean) ** 2).mean(axis=0)
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var_run
        else:
            mean, var = self.running_mean, self.running_var
        self.xhat = (x - mean) / np.sqrt(var + self.eps)
        self.std = np.sqrt(var + self.eps)
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        g = dout * self.gamma
        return (g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0)) / self.std
