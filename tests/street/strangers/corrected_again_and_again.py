import numpy as np


class BN:
    """Stores the biased variance and corrects it again and again when it is stored."""

    def __init__(self, c, eps=1e-5, momentum=0.1):
        self.gamma, self.beta = np.ones(c), np.zeros(c)
        self.running_mean, self.running_var = np.zeros(c), np.ones(c)
        self.eps, self.momentum = eps, momentum

    def forward(self, x, training=True):
        if not training:
            return (
                self.gamma * (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
                + self.beta
            )
        n = x.shape[0]
        mu = x.mean(0)
        var = x.var(0)
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mu
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
        if n > 1:
            self.running_var = self.running_var * n / (n - 1)
        return self.gamma * (x - mu) / np.sqrt(var + self.eps) + self.beta
