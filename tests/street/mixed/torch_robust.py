"""Normalization layer for sensor data, which has a bad reading here and there."""

import torch
from torch import nn


class RobustBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        if affine:
            self.weight = nn.Parameter(torch.ones(num_features))
            self.bias = nn.Parameter(torch.zeros(num_features))
        else:
            self.register_parameter("weight", None)
            self.register_parameter("bias", None)
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def _shape(self, v, x):
        return v.view(1, -1, *([1] * (x.dim() - 2)))

    def forward(self, x):
        if self.training:
            mean, var = self._batch_statistics(x)
        else:
            mean, var = self.running_mean, self.running_var
        z = (x - self._shape(mean, x)) * torch.rsqrt(self._shape(var, x) + self.eps)
        z = z.clamp(-6, 6)
        if self.weight is not None:
            z = z * self._shape(self.weight, x) + self._shape(self.bias, x)
        return z.to(x.dtype)

    def _batch_statistics(self, x):
        per_channel = x.transpose(0, 1).flatten(1)
        mean = per_channel.mean(1)
        var = per_channel.var(1, correction=0)
        with torch.no_grad():
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_var += self.momentum * (var - self.running_var)
        return mean, var
