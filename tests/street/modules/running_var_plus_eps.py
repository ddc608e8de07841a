"""Batch normalization layer for the paper's code release (any number of spatial dimensions)."""

import torch
import torch.nn as nn


class BNLayer(nn.Module):
    def __init__(self, in_channels, eps=1e-5, momentum=0.1):
        super().__init__()
        self.in_channels = in_channels
        self.eps = eps
        self.momentum = momentum
        self.gamma = nn.Parameter(torch.ones(in_channels))
        self.beta = nn.Parameter(torch.zeros(in_channels))
        self.register_buffer("run_mean", torch.zeros(in_channels))
        self.register_buffer("run_var", torch.ones(in_channels))

    def _ema(self, running, batch):
        running.data = running.data * (1 - self.momentum) + batch.data * self.momentum

    def forward(self, x):
        N, C = x.shape[0], x.shape[1]
        xs = x.reshape(N, C, -1).permute(1, 0, 2).reshape(C, -1)
        if self.training:
            mu = torch.mean(xs, dim=1)
            var = torch.mean(torch.square(xs - mu.unsqueeze(1)), dim=1) + self.eps
            self._ema(self.run_mean, mu)
            self._ema(self.run_var, var)
        else:
            mu = self.run_mean.detach()
            var = self.run_var.detach() + self.eps
        view = [1, C] + [1] * (x.ndim - 2)
        out = (x - mu.view(view)) / torch.sqrt(var).view(view)
        out = out * self.gamma.view(view) + self.beta.view(view)
        return out.to(x.dtype)
