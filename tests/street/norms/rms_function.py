import torch
from torch import nn
from torch.autograd.function import once_differentiable


class _RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, eps):
        r = torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(x, weight, r)
        return x * r * weight

    @staticmethod
    @once_differentiable
    def backward(ctx, dy):
        x, weight, r = ctx.saved_tensors
        n = x.shape[-1]
        m = dy * weight
        dx = r * m - r**3 / n * (m * x).sum(-1, keepdim=True) * x
        dw = (dy * x * r).reshape(-1, n).sum(0)
        return dx, dw, None


class LigerRMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.variance_epsilon = eps

    def forward(self, hidden_states):
        return _RMSNorm.apply(hidden_states, self.weight, self.variance_epsilon)
