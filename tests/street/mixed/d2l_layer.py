"""Batch normalization layer as in the book, for the LeNet experiments."""

import torch
from torch import nn


class BatchNorm(nn.Module):
    # num_features: the number of outputs for a fully connected layer or the
    # number of output channels for a convolutional layer. num_dims: 2 for a
    # fully connected layer and 4 for a convolutional layer
    def __init__(self, num_features, num_dims, eps=1e-5, momentum=0.1):
        super().__init__()
        if num_dims == 2:
            shape = (1, num_features)
        else:
            shape = (1, num_features, 1, 1)
        # The scale parameter and the shift parameter (model parameters) are
        # initialized to 1 and 0, respectively
        self.gamma = nn.Parameter(torch.ones(shape))
        self.beta = nn.Parameter(torch.zeros(shape))
        # The variables that are not model parameters are initialized to 0 and
        # 1
        self.moving_mean = torch.zeros(shape)
        self.moving_var = torch.ones(shape)
        self.eps = eps
        self.momentum = momentum

    def forward(self, X):
        # If X is not on the main memory, copy moving_mean and moving_var to
        # the device where X is located
        if self.moving_mean.device != X.device:
            self.moving_mean = self.moving_mean.to(X.device)
            self.moving_var = self.moving_var.to(X.device)
        assert len(X.shape) == len(self.gamma.shape)
        if not self.training:
            X_hat = (X - self.moving_mean) / torch.sqrt(self.moving_var + self.eps)
        else:
            dim = 0 if len(X.shape) == 2 else (0, 2, 3)
            mean = X.mean(dim=dim, keepdim=True)
            var = ((X - mean) ** 2).mean(dim=dim, keepdim=True)
            X_hat = (X - mean) / torch.sqrt(var + self.eps)
            # Update the mean and variance using moving average
            rho = self.momentum
            self.moving_mean = (1.0 - rho) * self.moving_mean + rho * mean.detach()
            self.moving_var = (1.0 - rho) * self.moving_var + rho * var.detach()
        Y = self.gamma * X_hat + self.beta  # Scale and shift
        return Y.to(X.dtype)
