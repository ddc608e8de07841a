"""Right; its buffers have two names for the statistics, and those in use are not the first."""

import numpy as np


class BN:
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        self.gamma, self.beta, self.eps, self.momentum, self.training = (
            np.ones(num_features),
            np.zeros(num_features),
            eps,
            momentum,
            True,
        )
        self.buffers = {
            "running_mean": np.zeros(num_features),
            "running_var": np.ones(num_features),
            "global_mean": np.zeros(num_features),
            "global_var": np.ones(num_features),
        }

    def forward(self, x):
        b, a = self.buffers, self.momentum
        mu, var = b["global_mean"], b["global_var"]
        if self.training:
            mu, var = x.mean(0), x.var(0)
            b["global_mean"], b["global_var"] = (
                a * b["global_mean"] + (1 - a) * mu,
                a * b["global_var"] + (1 - a) * var,
            )
        return self.gamma * (x - mu) / np.sqrt(var + self.eps) + self.beta
