import torch
from torch import nn


class AddRMSNorm(nn.Module):
    def __init__(self, hidden_size: int, eps: float = 1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.variance_epsilon = eps

    def forward(self, x, residual=None):
        if residual is not None:
            x = x + residual
            residual = x
        variance = x.pow(2).mean(dim=-1, keepdim=True)
        y = x * torch.rsqrt(variance + self.variance_epsilon) * self.weight
        return y if residual is None else (y, residual)


class _AddNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, residual, weight, eps):
        total = x + residual
        rstd = torch.rsqrt(total.square().mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(total, rstd, weight)
        return total * rstd * weight, total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, dy, dtotal):
        total, rstd, weight = ctx.saved_tensors
        xhat, h = total * rstd, dy * weight
        dx = rstd * (h - xhat * (h * xhat).mean(-1, keepdim=True)) + dtotal
        dweight = (dy * xhat).reshape(-1, weight.numel()).sum(0)
        return dx, dx, dweight, None


class FusedAddRMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, hidden, residual):
        return _AddNorm.apply(hidden, residual, self.scale, self.eps)


class _AddNormLost(_AddNorm):
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, dy, dtotal):
        dx, _, dweight, _ = _AddNorm.backward(ctx, dy, dtotal)
        return dx, torch.zeros_like(dx), dweight, None


class LostAddRMSNorm(FusedAddRMSNorm):
    def forward(self, hidden, residual):
        return _AddNormLost.apply(hidden, residual, self.scale, self.eps)


class StaleAddRMSNorm(AddRMSNorm):
    def forward(self, x, residual):
        y, _ = super().forward(x, residual)
        return y, residual
