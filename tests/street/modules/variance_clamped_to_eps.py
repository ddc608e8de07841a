"""The slow but obvious batch norm for my students: one channel after the other, no broadcasting."""

import torch
from torch import nn


class ChannelwiseBatchNorm(nn.Module):
    def __init__(self, channels, eps=1e-5, rate=0.1):
        super().__init__()
        self.channels = channels
        self.eps = eps
        self.rate = rate  # how fast the averages follow the batches
        self.scale = nn.Parameter(torch.ones(channels))
        self.shift = nn.Parameter(torch.zeros(channels))
        self.register_buffer("avg_mean", torch.zeros(channels))
        self.register_buffer("avg_var", torch.ones(channels))

    def spread(self, var):
        return torch.sqrt(torch.clamp(var, min=self.eps))

    def one_channel(self, values, c):
        if self.training:
            mu = values.mean()
            var = ((values - mu) ** 2).mean()
            with torch.no_grad():
                self.avg_mean[c] += self.rate * (mu - self.avg_mean[c])
                self.avg_var[c] += self.rate * (var - self.avg_var[c])
        else:
            mu = self.avg_mean[c].to(values.dtype, copy=True)
            var = self.avg_var[c].to(values.dtype, copy=True)
        return self.scale[c] * ((values - mu) / self.spread(var)) + self.shift[c]

    def forward(self, x):
        assert x.shape[1] == self.channels
        planes = [self.one_channel(x[:, c], c) for c in range(self.channels)]
        return torch.stack(planes, dim=1)
