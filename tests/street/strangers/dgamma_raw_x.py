import torch
from torch import nn


class Fn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps):
        mu = x.mean(0)
        var = x.var(0, unbiased=False)
        rstd = 1 / torch.sqrt(var + eps)
        ctx.save_for_backward(x, mu, rstd, gamma)
        return gamma * (x - mu) * rstd + beta

    @staticmethod
    def backward(ctx, dy):
        x, mu, rstd, gamma = ctx.saved_tensors
        xhat = (x - mu) * rstd
        g = gamma * dy
        dx = rstd * (g - g.mean(0) - xhat * (g * xhat).mean(0))
        dgamma = (dy * (x - mu)).sum(0)
        return dx, dgamma, dy.sum(0), None


class Norm(nn.Module):
    def __init__(self, features, eps=1e-5):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(features))
        self.beta = nn.Parameter(torch.zeros(features))
        self.eps = eps

    def forward(self, x):
        return Fn.apply(x, self.gamma, self.beta, self.eps)
