import torch
import torch.nn as nn


class GroupNormFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, groups, eps):
        n, c = x.shape[:2]
        g = x.reshape(n, groups, -1)
        mean = g.mean(-1, keepdim=True)
        rstd = torch.rsqrt((g - mean).square().mean(-1, keepdim=True) + eps)
        xhat = ((g - mean) * rstd).reshape(x.shape)
        ctx.save_for_backward(xhat, rstd, gamma)
        ctx.groups = groups
        return xhat * gamma.view(1, c, 1, 1) + beta.view(1, c, 1, 1)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, grad):
        xhat, rstd, gamma = ctx.saved_tensors
        n, c = xhat.shape[:2]
        dgamma = (grad * xhat).sum((0, 2, 3))
        dbeta = grad.sum((0, 2, 3))
        g = (grad * gamma.view(1, c, 1, 1)).reshape(n, ctx.groups, -1)
        h = xhat.reshape(n, ctx.groups, -1)
        inner = g - g.mean(-1, keepdim=True) - h * (g * h).mean(-1, keepdim=True)
        return (inner * rstd).reshape(xhat.shape), dgamma, dbeta, None, None


class ModelNew(nn.Module):
    def __init__(self, num_features: int, num_groups: int, eps: float = 1e-5):
        super().__init__()
        self.num_groups = num_groups
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def forward(self, x):
        return GroupNormFunction.apply(x, self.weight, self.bias, self.num_groups, self.eps)
