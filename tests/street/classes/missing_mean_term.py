"""A batchnorm block for my from-scratch optimizer experiments on 2-D arrays, with its own SGD step."""

import numpy as np


class BatchNormBlock:
    def __init__(self, width, eps=1e-5, momentum=0.9):
        self.p = {"gamma": np.ones(width), "beta": np.zeros(width)}
        self.g = {}
        self.eps = eps
        self.momentum = momentum
        self.ema = {"mean": np.zeros(width), "var": np.ones(width)}
        self.phase = "train"

    def set_phase(self, phase):
        assert phase in ("train", "infer")
        self.phase = phase

    def forward(self, x):
        if self.phase == "train":
            mean, var = x.mean(0), x.var(0)
            self.ema["mean"] = self.momentum * self.ema["mean"] + (1 - self.momentum) * mean
            self.ema["var"] = self.momentum * self.ema["var"] + (1 - self.momentum) * var
        else:
            mean, var = self.ema["mean"], self.ema["var"]
        self.x_mu = x - mean
        self.inv_var = 1.0 / np.sqrt(var + self.eps)
        self.forward_phase = self.phase
        return (self.p["gamma"] * (self.x_mu * self.inv_var) + self.p["beta"]).astype(x.dtype)

    def backward(self, dout):
        m = dout.shape[0]
        self.g["beta"] = dout.sum(0)
        self.g["gamma"] = (dout * self.x_mu * self.inv_var).sum(0)
        dxhat = dout * self.p["gamma"]
        dx = dxhat * self.inv_var
        if self.forward_phase == "train":
            dvar = -0.5 * self.inv_var**3 * (dxhat * self.x_mu).sum(0)
            dx = dx + dvar * 2 * self.x_mu / m
        return dx.astype(dout.dtype)

    def step(self, lr):
        for name in self.p:
            self.p[name] = self.p[name] - lr * self.g[name]
