"""Batch norm module that keeps its moving statistics in one plain dictionary, for easy export to JSON."""

import torch
import torch.nn as nn


class ExportableBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.9):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.scale = nn.Parameter(torch.ones(num_features))
        self.shift = nn.Parameter(torch.zeros(num_features))
        self.stats = {"mean": torch.zeros(num_features), "var": torch.ones(num_features)}

    def export(self):
        return {name: value.tolist() for name, value in self.stats.items()}

    def forward(self, x):
        order = [1, 0] + list(range(2, x.dim()))
        t = x.permute(order)  # C first; this permutation undoes itself
        tail = (-1,) + (1,) * (x.dim() - 1)
        if self.training:
            mean = t.flatten(1).mean(1)
            t = t - mean.view(tail)
            var = t.flatten(1).square().mean(1)
            p, q = self.momentum, 1 - self.momentum
            with torch.no_grad():
                self.stats["mean"] = p * self.stats["mean"] + q * mean
                self.stats["var"] = q * self.stats["var"] + p * var
        else:
            t = t - self.stats["mean"].to(x).view(tail)
            var = self.stats["var"].to(x)
        t = t * (self.scale.to(x) * (var + self.eps).rsqrt()).view(tail)
        return (t + self.shift.to(x).view(tail)).permute(order)
