"""Running statistics with a gross mistake (the variance is never updated, inference ignores gamma),
under names that bncheck does not know."""

import numpy as np


class BatchNorm:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.gamma, self.beta, self.eps, self.momentum = (
            np.ones(num_features),
            np.zeros(num_features),
            eps,
            momentum,
        )
        self.r_mean, self.r_var = np.zeros(num_features), np.ones(num_features)
        self.is_training = True

    def forward(self, x):
        if not self.is_training:
            return (x - self.r_mean) / np.sqrt(self.r_var + self.eps)
        mu, var = x.mean(0), x.var(0)
        self.r_mean = self.momentum * self.r_mean + (1 - self.momentum) * mu
        return self.gamma * (x - mu) / np.sqrt(var + self.eps) + self.beta
