import torch
import torch.nn as nn


class ModelNew(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if not self.training:
            mean, var = self.running_mean, self.running_var
        else:
            mean = x.mean((0, 2, 3))
            var = ((x - mean.view(1, -1, 1, 1)) ** 2).mean((0, 2, 3))
            n = x.shape[0] * x.shape[2] * x.shape[3]
            with torch.no_grad():
                # exponential moving average
                self.running_mean.mul_(self.momentum).add_((1 - self.momentum) * mean)
                self.running_var.mul_(self.momentum).add_(
                    (1 - self.momentum) * var * n / max(n - 1, 1)
                )
        inv_std = 1.0 / torch.sqrt(var + self.eps)
        y = (x - mean.view(1, -1, 1, 1)) * inv_std.view(1, -1, 1, 1)
        return y * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
