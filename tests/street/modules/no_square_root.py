"""Batch norm done with einsum, because I can only keep track of named axes."""

import torch
from torch import einsum, nn


class EinBatchNorm(nn.Module):
    def __init__(self, width, eps=1e-5, decay=0.9):
        super().__init__()
        self.eps = eps
        self.decay = decay
        self.gain = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("run_mean", torch.zeros(width))
        self.register_buffer("run_var", torch.ones(width))

    def forward(self, x):
        n, c = x.shape[:2]
        z = x.reshape(n, c, -1)  # n: sample, c: channel, p: position
        if self.training:
            m = z.shape[0] * z.shape[2]
            mean = einsum("ncp->c", z) / m
            z = z - mean[:, None]
            var = einsum("ncp,ncp->c", z, z) / m
            self.remember(mean.detach(), var.detach())
        else:
            var = self.run_var.to(x.dtype)
            z = z - self.run_mean.to(x.dtype)[:, None]
        precision = 1 / (var + self.eps)
        y = einsum("ncp,c,c->ncp", z, precision, self.gain.to(x.dtype))
        return (y + self.bias.to(x.dtype)[:, None]).reshape(x.shape)

    def remember(self, mean, var):
        self.run_mean = self.decay * self.run_mean + (1 - self.decay) * mean
        self.run_var = self.decay * self.run_var + (1 - self.decay) * var
