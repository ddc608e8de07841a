"""Batch normalization in three small steps (center, rescale, affine), each of them its own method."""

import torch
from torch import nn


class ThreeStepNorm(nn.Module):
    def __init__(self, num_channels, eps=1e-5, decay=0.9):
        super().__init__()
        self.eps = eps
        self.decay = decay
        self.gamma = nn.Parameter(torch.ones(num_channels))
        self.beta = nn.Parameter(torch.zeros(num_channels))
        # estimates of the population's mean and variance
        self.register_buffer("pop_mean", torch.zeros(num_channels))
        self.register_buffer("pop_var", torch.ones(num_channels))

    @staticmethod
    def axes(x):
        return (0,) + tuple(range(2, x.dim()))

    @staticmethod
    def along(v, x):
        return v.type_as(x).view(1, -1, *(1,) * (x.dim() - 2))

    @torch.no_grad()
    def smooth(self, old, new):
        return self.decay * old + (1.0 - self.decay) * new

    @torch.no_grad()
    def location(self, x):
        if not self.training:
            return self.pop_mean
        mean = x.mean(self.axes(x))
        self.pop_mean = self.smooth(self.pop_mean, mean)
        return mean

    def dispersion(self, centered):
        if not self.training:
            return self.pop_var
        var = centered.square().mean(self.axes(centered))
        self.pop_var = self.smooth(self.pop_var, var)
        return var

    def center(self, x):
        return x - self.along(self.location(x), x)

    def rescale(self, centered):
        return centered / self.along(torch.sqrt(self.dispersion(centered) + self.eps), centered)

    def forward(self, x):
        z = self.rescale(self.center(x))
        return z * self.along(self.gamma, x) + self.along(self.beta, x)
