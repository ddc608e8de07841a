"""Batch norm whose forward chooses the statistics and whose autograd function does the rest."""

import torch
import torch.nn as nn
from torch.autograd.function import once_differentiable


class _NormalizeAffine(torch.autograd.Function):
    """y = weight * (x - mean) / sqrt(var + eps) + bias on x of shape (N, C, *)."""

    @staticmethod
    def forward(ctx, x, weight, bias, mean, var, eps):
        view = (1, x.size(1)) + (1,) * (x.dim() - 2)
        rstd = (var.to(x.dtype) + eps).rsqrt().view(view)
        xhat = x.sub(mean.to(x.dtype).view(view)).mul(rstd)
        w = weight.to(x.dtype).view(view)
        ctx.save_for_backward(xhat, rstd, w)
        return xhat.mul(w).add(bias.to(x.dtype).view(view))

    @staticmethod
    @once_differentiable
    def backward(ctx, grad_y):
        xhat, rstd, w = ctx.saved_tensors
        dims = [0] + list(range(2, grad_y.dim()))
        g_bias = grad_y.sum(dims, keepdim=True)
        g_weight = (grad_y * xhat).sum(dims, keepdim=True)
        m = grad_y.numel() / grad_y.size(1)
        g_x = w * rstd * (grad_y - (g_bias + xhat * g_weight) / m)
        return g_x, g_weight.flatten(), g_bias.flatten(), None, None, None


class BatchNormNd(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    @torch.no_grad()
    def batch_statistics(self, x):
        dims = [0] + list(range(2, x.dim()))
        n = x.numel() // x.size(1)
        mean = x.mean(dims)
        var = x.var(dims, correction=0)
        self.running_mean.copy_(
            torch.add(self.running_mean, mean - self.running_mean, alpha=self.momentum)
        )
        corrected = var * n / (n - 1) if n > 1 else var
        self.running_var.copy_(
            torch.add(self.running_var, corrected - self.running_var, alpha=self.momentum)
        )
        return mean, var

    def forward(self, x):
        if self.training:
            mean, var = self.batch_statistics(x)
        else:
            mean, var = self.running_mean, self.running_var
        return _NormalizeAffine.apply(x, self.weight, self.bias, mean, var, self.eps)
