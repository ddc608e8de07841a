"""Conv batch norm with the one-line backward formula that everybody copies from the CS231n solutions."""

import torch
import torch.nn as nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable


def batchnorm_forward(x, gamma, beta, eps):
    mu = x.mean(dim=(0, 2, 3), keepdim=True)
    var = x.var(dim=(0, 2, 3), unbiased=False, keepdim=True)
    ivar = 1.0 / torch.sqrt(var + eps)
    xhat = (x - mu) * ivar
    return gamma * xhat + beta, (xhat, ivar, gamma)


def batchnorm_backward(dout, cache):
    xhat, ivar, gamma = cache
    N = dout.shape[0]
    dbeta = dout.sum(dim=(0, 2, 3), keepdim=True)
    dgamma = (dout * xhat).sum(dim=(0, 2, 3), keepdim=True)
    dx = (gamma * ivar / N) * (N * dout - xhat * dgamma - dbeta)
    return dx, dgamma, dbeta


class SpatialBatchNormFunction(Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        shape = (1, x.shape[1], 1, 1)
        out, cache = batchnorm_forward(
            x, weight.to(x.dtype).view(shape), bias.to(x.dtype).view(shape), eps
        )
        ctx.save_for_backward(*cache)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, dout):
        dx, dgamma, dbeta = batchnorm_backward(dout, ctx.saved_tensors)
        return dx, dgamma.flatten(), dbeta.flatten(), None


class SpatialBatchNorm(nn.Module):
    def __init__(self, num_filters, eps=1e-5, momentum=0.9):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_filters))
        self.bias = nn.Parameter(torch.zeros(num_filters))
        self.register_buffer("running_mean", torch.zeros(num_filters))
        self.register_buffer("running_var", torch.ones(num_filters))

    def forward(self, x):
        if x.dim() != 4:
            raise ValueError("expected images (N, C, H, W)")
        if self.training:
            with torch.no_grad():
                p = self.momentum
                self.running_mean *= p
                self.running_mean += (1 - p) * x.mean((0, 2, 3))
                self.running_var *= p
                self.running_var += (1 - p) * x.var((0, 2, 3), unbiased=False)
            return SpatialBatchNormFunction.apply(x, self.weight, self.bias, self.eps)
        w = (self.weight / torch.sqrt(self.running_var.to(x.dtype) + self.eps))[:, None, None]
        y = (x - self.running_mean[:, None, None]) * w + self.bias[:, None, None]
        return y.to(x.dtype)
