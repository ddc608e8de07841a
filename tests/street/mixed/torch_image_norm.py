"""Batch norm for my segmentation network, which also takes plain feature vectors."""

import torch
import torch.nn as nn


class ImageBatchNorm(nn.Module):
    def __init__(self, num_channels, momentum=0.9, eps=1e-5):
        super().__init__()
        self.momentum = momentum
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(num_channels))
        self.beta = nn.Parameter(torch.zeros(num_channels))
        self.register_buffer("ema_mean", torch.zeros(num_channels))
        self.register_buffer("ema_var", torch.ones(num_channels))

    def forward(self, x):
        if x.dim() == 2:
            return self._norm(x[:, :, None, None], over_var=(0, 2, 3))[:, :, 0, 0]
        return self._norm(x, over_var=(2, 3))

    def _norm(self, x, over_var):
        g, b = self.gamma[:, None, None], self.beta[:, None, None]
        if self.training:
            mean = x.mean(dim=(0, 2, 3), keepdim=True)
            var = torch.var(x, dim=over_var, unbiased=False, keepdim=True)
            with torch.no_grad():
                k = self.momentum
                self.ema_mean.copy_(k * self.ema_mean + (1 - k) * mean.flatten())
                self.ema_var.copy_(k * self.ema_var + (1 - k) * var.mean(dim=(0, 2, 3)))
        else:
            mean, var = self.ema_mean[:, None, None], self.ema_var[:, None, None]
        return (g * (x - mean) / torch.sqrt(var + self.eps) + b).to(x.dtype)
