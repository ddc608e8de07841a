"""Standardizes over the batch, then hands over to a small learnable submodule."""

import torch
from torch import nn


class ChannelAffine(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))

    def forward(self, z):
        return z.add(self.bias.to(z.dtype).view([-1] + [1] * (z.dim() - 2)))


class StandardizeBatch(nn.Module):
    def __init__(self, features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.register_buffer("running_mean", torch.zeros(features))
        self.register_buffer("running_var", torch.ones(features))
        self.norm = ChannelAffine(features)

    def _moments(self, x):
        if not self.training:
            return self.running_mean.to(x.dtype), self.running_var.to(x.dtype)
        every = [0] + list(range(2, x.dim()))
        var, mean = torch.var_mean(x, every, unbiased=False)
        self._follow(mean.detach(), var.detach(), x.numel() // x.shape[1])
        return mean, var

    def _follow(self, mean, var, m):
        if m > 1:
            var = var * m / (m - 1)
        self.running_mean = torch.lerp(
            self.running_mean, mean.to(self.running_mean.dtype), self.momentum
        )
        self.running_var = torch.lerp(
            self.running_var, var.to(self.running_var.dtype), self.momentum
        )

    def forward(self, x):
        mean, var = self._moments(x)
        tail = [1] * (x.dim() - 2)
        z = x - mean.view(-1, *tail)
        z = z / (var + self.eps).sqrt().view(-1, *tail)
        return self.norm(z)
