"""Batch normalization as a function and a thin layer around it, for LeNet on Fashion-MNIST."""

import torch
from torch import nn


def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    C = X.shape[1]
    # (N, C) stays as it is, (N, C, H, W) turns into (N*H*W, C)
    rows = X if X.dim() == 2 else X.permute(0, 2, 3, 1).reshape(-1, C)
    if training:
        mean = rows.mean(dim=0)
        var = ((rows - mean) ** 2).mean(dim=0)
        moving_mean = momentum * moving_mean + (1.0 - momentum) * mean.detach()
        moving_var = momentum * moving_var + (1.0 - momentum) * var.detach()
    else:
        mean, var = moving_mean, moving_var
    rows = (rows - mean) / torch.sqrt(var + eps)
    rows = (rows * gamma.flatten() + beta.flatten()).to(X.dtype)
    if X.dim() == 2:
        return rows
    N, _, H, W = X.shape
    return rows.view(N, H, W, C).permute(0, 3, 1, 2)


class BatchNorm(nn.Module):
    def __init__(self, num_features, num_dims, eps=1e-5, momentum=0.9):
        super().__init__()
        shape = (1, num_features) if num_dims == 2 else (1, num_features, 1, 1)
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        self.register_buffer("moving_mean", torch.zeros(num_features))
        self.register_buffer("moving_var", torch.ones(num_features))
        self.eps = eps
        self.momentum = momentum

    def forward(self, X):
        return batch_norm(
            X,
            self.gamma,
            self.beta,
            self.moving_mean,
            self.moving_var,
            self.eps,
            self.momentum,
            self.training,
        )
