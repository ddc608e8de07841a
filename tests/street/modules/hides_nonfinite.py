"""Batch norm for sensor data, as a guard around an ordinary inner layer."""

import torch
from torch import nn


class _Core(nn.Module):
    def __init__(self, n, eps, momentum):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(n))
        self.bias = nn.Parameter(torch.zeros(n))
        self.register_buffer("running_mean", torch.zeros(n))
        self.register_buffer("running_var", torch.ones(n))

    def normalize(self, x, mean, var):
        # channels are the last axis here
        return (x - mean) / (var + self.eps).sqrt() * self.weight + self.bias

    def forward(self, x):
        if not self.training:
            return self.normalize(x, self.running_mean, self.running_var)
        rows = x.reshape(-1, x.shape[-1])
        mean = rows.mean(0)
        var = rows.sub(mean).square().mean(0)
        step = self.momentum
        for buffer, value in zip(self.buffers(), (mean, var)):
            buffer.copy_((1 - step) * buffer + step * value.detach())
        return self.normalize(x, mean, var)


class SensorBatchNorm(nn.Module):
    def __init__(self, n_channels, eps=1e-5, momentum=0.1):
        super().__init__()
        self.bn = _Core(n_channels, eps, momentum)

    def forward(self, x):
        x = torch.nan_to_num(x, nan=0.0, posinf=0.0, neginf=0.0)
        return self.bn(x.movedim(1, -1)).movedim(-1, 1).to(x.dtype)
