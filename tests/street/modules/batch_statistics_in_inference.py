"""Batch normalization module from our GAN code base, trimmed down to the essentials."""

import torch
import torch.nn as nn


class GenBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.Tensor(num_features).fill_(1.0))
        self.bias = nn.Parameter(torch.Tensor(num_features).zero_())
        self.register_buffer("stored_mean", torch.zeros(num_features))
        self.register_buffer("stored_var", torch.ones(num_features))

    def forward(self, x):
        c = x.size(1)
        if x.dim() > 2:
            flat = x.transpose(1, -1).contiguous().view(-1, c)
        else:
            flat = x
        mean = flat.mean(dim=0)
        var = (flat - mean).pow(2).sum(dim=0) / flat.size(0)
        if self.training:
            self.stored_mean.copy_(
                self.stored_mean * (1 - self.momentum) + mean.data * self.momentum
            )
            self.stored_var.copy_(self.stored_var * (1 - self.momentum) + var.data * self.momentum)
        flat = (flat - mean) * torch.rsqrt(var + self.eps) * self.weight + self.bias
        flat = flat.to(x.dtype)
        if x.dim() == 2:
            return flat
        return flat.view(x.transpose(1, -1).shape).transpose(1, -1)
