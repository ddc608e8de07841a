"""Low-memory batch normalization op: avoids temporaries of the size of the activations wherever it can."""

import torch
from torch import nn
from torch.autograd.function import once_differentiable


class LeanBatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gain, bias, running_mean, running_var, training, momentum, eps):
        axes = (0, *range(2, x.ndim))
        col = (1, -1) + (1,) * (x.ndim - 2)
        if training:
            var, mean = torch.var_mean(x, axes, correction=0)
            running_mean.mul_(1 - momentum).add_(mean, alpha=momentum)
            running_var.mul_(1 - momentum).add_(var, alpha=momentum)
        else:
            mean, var = running_mean.to(x.dtype), running_var.to(x.dtype)
        x -= mean.view(col)
        istd = torch.rsqrt(var + eps).view(col)
        xhat = x * istd
        gain = gain.to(x.dtype).view(col)
        ctx.save_for_backward(xhat, istd, gain)
        ctx.training = training
        return xhat * gain + bias.to(x.dtype).view(col)

    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        xhat, istd, gain = ctx.saved_tensors
        axes = (0, *range(2, g.ndim))
        count = g.numel() // g.shape[1]
        d_bias = g.sum(axes, keepdim=True)
        d_gain = (g * xhat).sum(axes, keepdim=True)
        d_x = g * (gain * istd)
        if ctx.training:
            d_x -= (gain * istd / count) * (xhat * d_gain + d_bias)
        return d_x, d_gain.view(-1), d_bias.view(-1), None, None, None, None, None


class LeanNorm(nn.Module):
    def __init__(self, planes, eps=1e-5, momentum=0.1):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(planes))
        self.bias = nn.Parameter(torch.zeros(planes))
        self.register_buffer("running_mean", torch.zeros(planes))
        self.register_buffer("running_var", torch.ones(planes))
        self.eps, self.momentum = eps, momentum

    def forward(self, x):
        state = (self.running_mean, self.running_var)
        return LeanBatchNorm.apply(
            x, self.gain, self.bias, *state, self.training, self.momentum, self.eps
        )
