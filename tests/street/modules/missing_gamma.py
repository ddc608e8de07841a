"""NHWC batch normalization (channels are the last axis) with its own autograd function."""

import torch
import torch.nn as nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable


class BatchNormNHWCFunction(Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, mean, var, eps, use_batch):
        r = torch.rsqrt(var.to(x.dtype) + eps)
        xn = (x - mean.to(x.dtype)) * r
        ctx.save_for_backward(xn, r)
        ctx.use_batch = use_batch
        return xn * gamma.to(x.dtype) + beta.to(x.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        xn, r = ctx.saved_tensors
        axes = tuple(range(g.dim() - 1))
        dgamma = (g * xn).sum(axes)
        dbeta = g.sum(axes)
        if ctx.use_batch:
            m = g.numel() // g.shape[-1]
            dx = r * (g - dbeta / m - xn * (dgamma / m))
        else:
            dx = r * g
        return dx, dgamma, dbeta, None, None, None, None


class BatchNormNHWC(nn.Module):
    def __init__(self, num_channels, eps=1e-3, decay=0.99):
        super().__init__()
        self.eps, self.decay = eps, decay
        self.gamma = nn.Parameter(torch.ones(num_channels))
        self.beta = nn.Parameter(torch.zeros(num_channels))
        self.register_buffer("moving_mean", torch.zeros(num_channels))
        self.register_buffer("moving_var", torch.ones(num_channels))

    def forward(self, x):
        mean, var = self.moving_mean, self.moving_var
        if self.training:
            rows = x.detach().reshape(-1, x.shape[-1])
            var, mean = torch.var_mean(rows, 0, correction=0)
            self.moving_mean = self.moving_mean * self.decay + mean * (1 - self.decay)
            self.moving_var = self.moving_var * self.decay + var * (1 - self.decay)
        return BatchNormNHWCFunction.apply(
            x, self.gamma, self.beta, mean, var, self.eps, self.training
        )
