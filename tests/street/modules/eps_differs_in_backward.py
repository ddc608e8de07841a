"""Batch norm with the backward pass of Ioffe and Szegedy typed in equation by equation."""

import torch
import torch.nn as nn


def to_rows(t):
    """(N, C, ...) -> (m, C)"""
    return t.movedim(1, -1).reshape(-1, t.shape[1])


def from_rows(rows, like):
    n, c, *rest = like.shape
    return rows.reshape(n, *rest, c).movedim(-1, 1)


class PaperBN(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, gamma, beta, eps):
        rows = to_rows(x)
        mu = rows.mean(0)
        sigma2 = ((rows - mu) ** 2).mean(0)
        x_hat = (rows - mu) / torch.sqrt(sigma2 + eps)
        ctx.save_for_backward(x, gamma)
        y = (gamma * x_hat + beta).to(x.dtype)
        return from_rows(y, x)

    @staticmethod
    def backward(ctx, dl_dy):
        x, gamma = ctx.saved_tensors
        rows, dy = to_rows(x), to_rows(dl_dy)
        m = rows.shape[0]
        mu = rows.mean(0)
        sigma2 = ((rows - mu) ** 2).mean(0)
        inv_std = (sigma2 + 1e-12) ** -0.5
        x_hat = (rows - mu) * inv_std

        dl_dxhat = dy * gamma
        dl_dsigma2 = (dl_dxhat * (rows - mu)).sum(0) * -0.5 * inv_std**3
        dl_dmu = -(dl_dxhat * inv_std).sum(0) + dl_dsigma2 * (-2 * (rows - mu)).mean(0)
        dl_dx = dl_dxhat * inv_std + dl_dsigma2 * 2 * (rows - mu) / m + dl_dmu / m
        dl_dgamma = (dy * x_hat).sum(0)
        dl_dbeta = dy.sum(0)
        return from_rows(dl_dx, x), dl_dgamma, dl_dbeta, None


class BatchNorm(nn.Module):
    def __init__(self, n, eps=1e-5, momentum=0.9):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.gamma = nn.Parameter(torch.ones(n))
        self.beta = nn.Parameter(torch.zeros(n))
        self.register_buffer("running_mean", torch.zeros(n))
        self.register_buffer("running_var", torch.ones(n))

    def forward(self, x):
        if not self.training:
            rows = (to_rows(x) - self.running_mean) / torch.sqrt(self.running_var + self.eps)
            return from_rows(self.gamma * rows + self.beta, x).to(x.dtype)
        with torch.no_grad():
            rows = to_rows(x)
            self.running_mean.mul_(self.momentum).add_((1 - self.momentum) * rows.mean(0))
            self.running_var.mul_(self.momentum).add_(
                (1 - self.momentum) * rows.var(0, unbiased=False)
            )
        return PaperBN.apply(x, self.gamma, self.beta, self.eps)
