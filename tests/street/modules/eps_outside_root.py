"""Batch normalization written out by hand for dense and convolutional layers, after the book chapter."""

import torch
from torch import nn


def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum, training):
    if not training:
        X_hat = (X - moving_mean) / (torch.sqrt(moving_var) + eps)
    else:
        assert len(X.shape) in (2, 4)
        # dense layer: over the batch; conv layer: over batch, height and width
        dim = 0 if len(X.shape) == 2 else (0, 2, 3)
        std, mean = torch.std_mean(X, dim=dim, unbiased=False, keepdim=True)
        X_hat = (X - mean) / (std + eps)
        # Update the mean and variance using moving average
        moving_mean = (1.0 - momentum) * moving_mean + momentum * mean.detach()
        moving_var = (1.0 - momentum) * moving_var + momentum * std.detach() ** 2
    Y = gamma * X_hat + beta  # Scale and shift
    return Y.to(X.dtype), moving_mean, moving_var


class BatchNorm(nn.Module):
    # num_features: outputs of a dense layer, or output channels of a conv layer
    # num_dims: 2 for a dense layer and 4 for a conv layer
    def __init__(self, num_features, num_dims, eps=1e-5, momentum=0.1):
        super().__init__()
        if num_dims == 2:
            shape = (1, num_features)
        else:
            shape = (1, num_features, 1, 1)
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        self.moving_mean = torch.zeros(shape)
        self.moving_var = torch.ones(shape)
        self.eps = eps
        self.momentum = momentum

    def forward(self, X):
        # If X is not on the main memory, copy the statistics to its device
        if self.moving_mean.device != X.device:
            self.moving_mean = self.moving_mean.to(X.device)
            self.moving_var = self.moving_var.to(X.device)
        Y, self.moving_mean, self.moving_var = batch_norm(
            X,
            self.gamma,
            self.beta,
            self.moving_mean,
            self.moving_var,
            eps=self.eps,
            momentum=self.momentum,
            training=self.training,
        )
        return Y
