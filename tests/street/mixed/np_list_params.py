"""Batch norm for sequences whose parameters are lists because they come from and go to JSON."""

import json

import numpy as np


class BatchNorm1D:
    def __init__(self, size, eps=1e-5, momentum=0.9):
        self.gamma = [1.0] * size
        self.beta = [0.0] * size
        self.running_mean = [0.0] * size
        self.running_var = [1.0] * size
        self.eps = eps
        self.momentum = momentum
        self.d_gamma = [0.0] * size
        self.d_beta = [0.0] * size

    def to_json(self):
        keys = ("gamma", "beta", "running_mean", "running_var", "eps", "momentum")
        return json.dumps({k: getattr(self, k) for k in keys})

    def forward(self, x, train=True):
        if x.ndim not in (2, 3):
            raise ValueError("BatchNorm1D: (N, C) or (N, C, L)")
        y = np.empty_like(x)
        self.saved = []
        for c in range(len(self.gamma)):
            lane = x[:, c].astype(np.float64)
            if train:
                mean = lane.sum() / lane.size
                var = ((lane - mean) ** 2).sum() / lane.size
                keep = self.momentum
                self.running_mean[c] = keep * self.running_mean[c] + (1 - keep) * float(mean)
                self.running_var[c] = keep * self.running_var[c] + (1 - keep) * float(var)
            else:
                mean, var = self.running_mean[c], self.running_var[c]
            std = np.sqrt(var + self.eps)
            hat = (lane - mean) / std
            y[:, c] = self.gamma[c] * hat + self.beta[c]
            self.saved.append((hat, std, train))
        return y

    def backward(self, grad):
        dx = np.empty_like(grad)
        for c, (hat, std, train) in enumerate(self.saved):
            g = grad[:, c]
            self.d_gamma[c] = float((g * hat).sum())
            self.d_beta[c] = float(g.sum())
            if train:
                g = g - self.d_beta[c] / g.size - hat * (self.d_gamma[c] / g.size)
            dx[:, c] = self.gamma[c] / std * g
        return dx
