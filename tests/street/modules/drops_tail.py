"""Batch norm whose statistics are merged from blocks of four, the way the SIMD version will do it."""

import torch
from torch import nn

LANES = 4


def blocked_moments(flat):
    """flat: (C, m) -> mean and biased variance of each row, by pairing up equal blocks."""
    m = flat.shape[1]
    if m < LANES:
        blocks = flat.unsqueeze(1)
    else:
        blocks = flat[:, : m // LANES * LANES].unflatten(1, (-1, LANES))
    block_mean = blocks.mean(2)
    block_var = (blocks - block_mean.unsqueeze(2)).square().mean(2)
    mean = block_mean.mean(1)
    between = (block_mean - mean.unsqueeze(1)).square().mean(1)
    return mean, block_var.mean(1) + between


class BlockedBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        flat = x.transpose(0, 1).reshape(x.shape[1], -1)
        if self.training:
            mean, var = blocked_moments(flat)
            with torch.no_grad():
                for old, new in ((self.running_mean, mean), (self.running_var, var)):
                    old.copy_((1 - self.momentum) * old + self.momentum * new)
        else:
            mean, var = self.running_mean.clone(), self.running_var.clone()
        factor = self.weight * torch.rsqrt(var + self.eps)
        flat = (flat - mean[:, None]) * factor[:, None] + self.bias[:, None]
        back = (x.shape[1], x.shape[0]) + tuple(x.shape[2:])
        return flat.to(x.dtype).reshape(back).transpose(0, 1)
