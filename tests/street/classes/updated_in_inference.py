"""A normalization layer for a toy network, features in columns of a 2-D array, with run(x, mode) and back(dy)."""

import numpy as np


class Norm:
    def __init__(self, k, eps=1e-5, rate=0.1):
        self.k, self.eps, self.rate = k, eps, rate
        self.a = np.ones(k)
        self.c = np.zeros(k)
        self.mean_run = np.zeros(k)
        self.var_run = np.ones(k)

    def run(self, x, mode="train"):
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        if mode == "train":
            used_mean, used_var = mean, var
        elif mode == "predict":
            used_mean, used_var = self.mean_run, self.var_run
        else:
            raise ValueError(mode)
        s = np.sqrt(used_var + self.eps)
        h = (x - used_mean) / s
        self.saved = (mode, h, s)
        self.mean_run = (1 - self.rate) * self.mean_run + self.rate * mean
        self.var_run = (1 - self.rate) * self.var_run + self.rate * var
        return (self.a * h + self.c).astype(x.dtype)

    def back(self, dy):
        mode, h, s = self.saved
        self.da = np.sum(dy * h, axis=0)
        self.dc = np.sum(dy, axis=0)
        dh = dy * self.a
        if mode == "predict":
            return (dh / s).astype(dy.dtype)
        # dx_i = (dh_i - mean(dh) - h_i mean(dh h)) / s
        rest = np.mean(dh, axis=0) + h * np.mean(dh * h, axis=0)
        return ((dh - rest) / s).astype(dy.dtype)
