"""Thin wrapper over our fused batch norm kernels, here with the pure PyTorch fallback of each kernel."""

import torch
from torch import nn
from torch.autograd.function import once_differentiable

MIN_EPSILON = 1e-5


def bn_stats(x3, eps):
    """x3 is (N, C, L); gives the mean, the biased variance and the inverse deviation of each channel."""
    mean = x3.mean((0, 2))
    var = (x3 - mean[None, :, None]).square_().mean((0, 2))
    return mean, var, torch.rsqrt(var + eps)


def bn_apply(x3, mean, invstd, weight, bias):
    out = (x3 - mean[None, :, None]) * invstd[None, :, None]
    return out * weight[None, :, None] + bias[None, :, None]


def bn_backward_reduce(dy3, x3, mean, invstd):
    sum_dy = dy3.sum((0, 2))
    sum_dy_xmu = (dy3 * (x3 - mean[None, :, None])).sum((0, 2))
    return sum_dy, sum_dy_xmu, sum_dy_xmu * invstd


def bn_backward_apply(dy3, x3, mean, invstd, weight, sum_dy, sum_dy_xmu, count):
    mean_dy = (sum_dy / count)[None, :, None]
    proj = (sum_dy_xmu / count * invstd * invstd)[None, :, None]
    dx = dy3 - mean_dy - (x3 - mean[None, :, None]) * proj
    return dx * (invstd * weight)[None, :, None]


class FusedBatchNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, running_mean, running_var, training, momentum, eps):
        eps = max(eps, MIN_EPSILON)
        x3 = x.reshape(x.shape[0], x.shape[1], -1)
        weight, bias = weight.to(x.dtype), bias.to(x.dtype)
        count = x3.shape[0] * x3.shape[2]
        if training:
            mean, var, invstd = bn_stats(x3, eps)
            bessel = count / (count - 1) if count > 1 else 1.0
            running_mean += momentum * (mean - running_mean)
            running_var += momentum * (bessel * var - running_var)
        else:
            mean = running_mean.to(x.dtype, copy=True)
            invstd = torch.rsqrt(running_var.to(x.dtype) + eps)
        ctx.training, ctx.count = training, count
        ctx.save_for_backward(x, weight, mean, invstd)
        return bn_apply(x3, mean, invstd, weight, bias).view(x.shape)

    @staticmethod
    @once_differentiable
    def backward(ctx, dy):
        x, weight, mean, invstd = ctx.saved_tensors
        x3, dy3 = x.reshape(x.shape[0], x.shape[1], -1), dy.reshape(x.shape[0], x.shape[1], -1)
        sum_dy, sum_dy_xmu, dweight = bn_backward_reduce(dy3, x3, mean, invstd)
        if ctx.training:
            dx = bn_backward_apply(dy3, x3, mean, invstd, weight, sum_dy, sum_dy_xmu, ctx.count)
        else:
            dx = dy3 * (invstd * weight)[None, :, None]
        return dx.view(x.shape), dweight, sum_dy, None, None, None, None, None


class FusedBatchNorm(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        return FusedBatchNormFunction.apply(
            x,
            self.weight,
            self.bias,
            self.running_mean,
            self.running_var,
            self.training,
            self.momentum,
            self.eps,
        )
