"""A hardware-friendly normalization layer over the batch, with no running estimates to store."""

import torch
import torch.nn as nn


class L1BatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        per_channel = x.transpose(0, 1).flatten(1)  # (C, m)
        center = per_channel.mean(1, keepdim=True)
        residual = per_channel - center
        deviation = residual.abs().mean(1, keepdim=True)
        residual = residual / (deviation * deviation + self.eps).sqrt()
        out = self.weight.unsqueeze(1) * residual + self.bias.unsqueeze(1)
        out = out.to(x.dtype)
        swapped = x.transpose(0, 1).shape
        return out.view(swapped).transpose(0, 1)
