"""Batch norm layer used in our quantization-aware training experiments."""

import torch
from torch import nn
from torch.autograd.function import once_differentiable


class QatBatchNorm(nn.Module):
    class Op(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, mean, var, gamma, beta, eps):
            x_hat = (x - mean) / torch.sqrt(var + eps)
            ctx.save_for_backward(x_hat)
            ctx.param_shape = gamma.shape
            return (x_hat * gamma + beta).to(x.dtype)

        @staticmethod
        @once_differentiable
        def backward(ctx, grad_output):
            (x_hat,) = ctx.saved_tensors
            grad_gamma = (grad_output * x_hat).sum_to_size(ctx.param_shape)
            grad_beta = grad_output.sum_to_size(ctx.param_shape)
            return grad_output, None, None, grad_gamma, grad_beta, None

    def __init__(self, num_channels, rank=4, eps=1e-5, momentum=0.99):
        super().__init__()
        shape = (1, num_channels) + (1,) * (rank - 2)
        self.dims = [0] + list(range(2, rank))
        self.eps = eps
        self.momentum = momentum
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        self.register_buffer("moving_mean", torch.zeros(shape))
        self.register_buffer("moving_var", torch.ones(shape))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                mean = x.mean(self.dims, keepdim=True)
                var = torch.mean((x - mean) ** 2, self.dims, keepdim=True)
                self.moving_mean *= self.momentum
                self.moving_mean += (1 - self.momentum) * mean
                self.moving_var *= self.momentum
                self.moving_var += (1 - self.momentum) * var
        else:
            mean, var = self.moving_mean, self.moving_var
        return self.Op.apply(x, mean, var, self.gamma, self.beta, self.eps)
