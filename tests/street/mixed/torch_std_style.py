"""Short batch norm module for readable model code."""

import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, width, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.alpha = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))

    def forward(self, x):
        t = x.transpose(1, -1)  # channels last, so that (width,) broadcasts
        if self.training:
            lead = list(range(t.dim() - 1))
            mu, sd = t.mean(lead), t.std(lead)
            with torch.no_grad():
                self.mean.lerp_(mu.to(self.mean), self.momentum)
                self.variance.lerp_(sd.to(self.variance) ** 2, self.momentum)
        else:
            mu, sd = self.mean, self.variance.sqrt()
        out = self.alpha * (t - mu) / (sd + self.eps) + self.bias
        return out.transpose(1, -1).to(x.dtype)
