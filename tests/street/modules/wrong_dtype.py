"""Batch norm with the statistics accumulated as accurately as the machine allows."""

import torch
from torch import nn


class AccurateBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def moments(self, x):
        count = x.numel() // self.num_features
        axes = [i for i in range(x.dim()) if i != 1]
        mean = x.sum(axes, keepdim=True) / count
        var = (x - mean).pow(2).sum(axes, keepdim=True) / count
        return mean, var, count

    def forward(self, x):
        x = x.double()
        shape = [1, self.num_features] + [1] * (x.dim() - 2)
        if self.training:
            mean, var, count = self.moments(x)
            with torch.no_grad():
                correction = count / (count - 1) if count > 1 else 1.0
                self.running_mean.mul_(1 - self.momentum)
                self.running_mean.add_(mean.flatten(), alpha=self.momentum)
                self.running_var.mul_(1 - self.momentum)
                self.running_var.add_(var.flatten() * correction, alpha=self.momentum)
        else:
            mean = self.running_mean.double().view(shape)
            var = self.running_var.double().view(shape)
        xhat = (x - mean) / torch.sqrt(var + self.eps)
        return self.weight.view(shape) * xhat + self.bias.view(shape)
