"""Annotated batch normalization with exponential moving averages, for inputs of any spatial shape."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    def __init__(
        self,
        channels: int,
        *,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ):
        super().__init__()
        self.channels = channels
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        if self.affine:
            self.scale = nn.Parameter(torch.ones(channels))
            self.shift = nn.Parameter(torch.zeros(channels))
        if self.track_running_stats:
            self.register_buffer("exp_mean", torch.zeros(channels))
            self.register_buffer("exp_var", torch.ones(channels))

    def forward(self, x: torch.Tensor):
        # Keep the original shape
        x_shape = x.shape
        batch_size = x_shape[0]
        assert self.channels == x.shape[1]
        # Reshape into [batch_size, channels, n]
        x = x.reshape(batch_size, self.channels, -1)

        if self.training or not self.track_running_stats:
            # E[x] and E[x^2] of each feature
            mean = x.mean(dim=[0, 2])
            mean_x2 = (x**2).mean(dim=[0, 2])
            var = mean_x2 - mean**2
            if self.training and self.track_running_stats:
                a = self.momentum
                self.exp_mean = (1 - a) * self.exp_mean + a * mean.detach()
                self.exp_var = (1 - a) * self.exp_var + a * var.detach()
        else:
            mean = self.exp_mean
            var = self.exp_var

        x_norm = (x - mean.view(1, -1, 1)) / torch.sqrt(var + self.eps).view(1, -1, 1)
        if self.affine:
            x_norm = self.scale.view(1, -1, 1) * x_norm + self.shift.view(1, -1, 1)
        return x_norm.view(x_shape).to(x.dtype)
