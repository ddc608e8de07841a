import torch
import torch.nn as nn


class _BatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, mean, inv):
        ctx.save_for_backward(x, weight, mean, inv)
        c = (1, -1, 1, 1)
        return (x - mean.view(c)) * inv.view(c) * weight.view(c) + bias.view(c)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, dy):
        x, weight, mean, inv = ctx.saved_tensors
        c, dims = (1, -1, 1, 1), (0, 2, 3)
        m = x.numel() // x.shape[1]
        xhat = (x - mean.view(c)) * inv.view(c)
        dbias = dy.sum(dims)
        dweight = (dy * xhat).sum(dims)
        dx = dy - (dbias.view(c) + xhat * dweight.view(c)) / m
        return dx * (weight * inv).view(c), dweight, dbias, None, None


class ModelNew(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if not self.training:
            inv = torch.rsqrt(self.running_var + self.eps)
            y = (x - self.running_mean.view(1, -1, 1, 1)) * (self.weight * inv).view(1, -1, 1, 1)
            return y + self.bias.view(1, -1, 1, 1)
        with torch.no_grad():
            m = x.numel() // x.shape[1]
            mean = x.mean((0, 2, 3))
            var = (x - mean.view(1, -1, 1, 1)).square().mean((0, 2, 3))
            inv = torch.rsqrt(var + self.eps)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(var * m / max(m - 1, 1), self.momentum)
        return _BatchNorm.apply(x, self.weight, self.bias, mean, inv)
