import numpy as np


class BN:
    def __init__(self, dim, eps=1e-5, decay=0.9):
        self.params = {"gamma": np.ones(dim), "beta": np.zeros(dim)}
        self.grads = {}
        self.running_mean = np.zeros(dim)
        self.running_var = np.ones(dim)
        self.eps, self.decay = eps, decay

    def forward(self, x, train=True):
        if train:
            mu = x.mean(axis=0)
            diff = x - mu
            var = (diff * diff).mean(axis=0)
            self.running_mean = self.decay * self.running_mean + (1 - self.decay) * mu
            self.running_var = self.decay * self.running_var + (1 - self.decay) * var
        else:
            diff = x - self.running_mean
            var = self.running_var
        self.train = train
        self.istd = (var + self.eps) ** -0.5
        self.xhat = diff * self.istd
        return self.params["gamma"] * self.xhat + self.params["beta"]

    def backward(self, dy):
        self.grads["beta"] = dy.sum(axis=0)
        self.grads["gamma"] = (dy * self.xhat).sum(axis=0)
        d = dy * self.params["gamma"]
        if not self.train:
            return d * self.istd
        d = d - d.mean(axis=0)
        return self.istd * (d - self.xhat * (d * self.xhat).mean(axis=0))
