"""Batch norm that is safe under autocast: half inputs are normalized in full precision and returned in half."""

import torch
from torch import nn


class SafeBatchNorm(nn.Module):
    def __init__(self, num_features, *, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    @torch.no_grad()
    def _ema_(self, name, value):
        buf = getattr(self, name)
        buf.lerp_(value.to(buf.dtype), self.momentum)

    def forward(self, x):
        out_dtype = x.dtype
        x = x.float()
        bshape = [1, x.size(1)] + [1] * (x.ndim - 2)
        if self.training:
            dims = [i for i in range(x.ndim) if i != 1]
            mean = x.mean(dim=dims, keepdim=True)
            var = (x - mean).square().mean(dim=dims, keepdim=True)
            n = x.numel() // x.size(1)
            self._ema_("running_mean", mean.flatten())
            self._ema_("running_var", var.flatten() * (n / max(n - 1, 1)))
        else:
            mean = self.running_mean.float().view(bshape)
            var = self.running_var.float().view(bshape)
        y = (x - mean) * torch.rsqrt(var + self.eps)
        y = y * self.weight.float().view(bshape) + self.bias.float().view(bshape)
        return y.to(out_dtype)
