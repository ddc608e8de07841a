"""BatchNorm layer in which parameters, gradients and statistics are dictionaries."""

import numpy as np


class BatchNorm:
    def __init__(self, C, eps=1e-5, momentum=0.1):
        self.hyper = {"eps": eps, "momentum": momentum}
        self.param = {"gamma": np.ones(C), "beta": np.zeros(C)}
        self.grad = {"gamma": np.zeros(C), "beta": np.zeros(C)}
        self.stats = {"mean": np.zeros(C), "var": np.ones(C)}
        self.mode = "train"

    def forward(self, x):
        C = x.shape[1]
        r = x.reshape(len(x), C, -1)
        if self.mode == "train":
            batch = {"mean": r.mean(axis=(0, 2)), "var": r.var(axis=(0, 2))}
            m = r.shape[0] * r.shape[2]
            unbias = m / (m - 1) if m > 1 else 1.0
            p = self.hyper["momentum"]
            for key in self.stats:
                self.stats[key] = (1 - p) * self.stats[key] + p * unbias * batch[key]
        else:
            batch = self.stats
        sd = np.sqrt(batch["var"] + self.hyper["eps"])
        xh = (r - batch["mean"][:, None]) / sd[:, None]
        self.memo = xh, sd, self.mode
        y = self.param["gamma"][:, None] * xh + self.param["beta"][:, None]
        return y.reshape(x.shape).astype(x.dtype)

    def backward(self, dy):
        xh, sd, mode = self.memo
        d = dy.reshape(xh.shape)
        self.grad["gamma"] = np.sum(d * xh, axis=(0, 2))
        self.grad["beta"] = np.sum(d, axis=(0, 2))
        dx = d
        if mode == "train":
            m = xh.shape[0] * xh.shape[2]
            pull = self.grad["beta"][:, None] + xh * self.grad["gamma"][:, None]
            dx = d - pull / m
        dx = dx * (self.param["gamma"] / sd)[:, None]
        return dx.reshape(dy.shape).astype(dy.dtype)
