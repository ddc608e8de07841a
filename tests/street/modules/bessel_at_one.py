"""Re-implementation of nn.BatchNorm that I diff against the original in a notebook."""

import torch
from torch import nn


class MyBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-05, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        # so that everything below broadcasts: channels to the end
        h = torch.movedim(x, 1, -1)
        if self.training:
            reduce = tuple(range(h.ndim - 1))
            mean = torch.mean(h, reduce)
            var = torch.mean((h - mean) ** 2, reduce)
            self._track(mean, var, n=torch.ones_like(h[..., 0]).sum())
        else:
            mean, var = self.running_mean, self.running_var
        h = (h - mean) / torch.sqrt(var + self.eps)
        h = self.weight * h + self.bias
        return torch.movedim(h, -1, 1).type_as(x)

    @torch.no_grad()
    def _track(self, mean, var, n):
        # like PyTorch, keep the unbiased estimate
        unbiased = var * n / (n - 1)
        self.running_mean.mul_(1 - self.momentum).add_(self.momentum * mean)
        self.running_var.mul_(1 - self.momentum).add_(self.momentum * unbiased)
