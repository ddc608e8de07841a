"""From scratch as in the book: training is when gradients are enabled, prediction under no_grad."""

import torch


def batch_norm(X, gamma, beta, moving_mean, moving_var, eps, momentum):
    shape = (1, -1) if X.dim() == 2 else (1, -1, 1, 1)
    # Use is_grad_enabled to determine whether we are in training mode
    if not torch.is_grad_enabled():
        # In prediction mode, use mean and variance obtained by moving average
        X_hat = (X - moving_mean.reshape(shape)) / torch.sqrt(moving_var.reshape(shape) + eps)
    else:
        assert len(X.shape) in (2, 4)
        if len(X.shape) == 2:
            # When using a fully connected layer, calculate the mean and
            # variance on the feature dimension
            mean = X.mean(dim=0)
            var = ((X - mean) ** 2).mean(dim=0)
        else:
            # When using a two-dimensional convolutional layer, calculate the
            # mean and variance on the channel dimension (axis=1)
            mean = X.mean(dim=(0, 2, 3))
            var = ((X - mean.reshape(shape)) ** 2).mean(dim=(0, 2, 3))
        # In training mode, the current mean and variance are used
        X_hat = (X - mean.reshape(shape)) / torch.sqrt(var.reshape(shape) + eps)
        # Update the mean and variance using moving average
        moving_mean = momentum * moving_mean + (1.0 - momentum) * mean
        moving_var = momentum * moving_var + (1.0 - momentum) * var
    Y = gamma.reshape(shape) * X_hat + beta.reshape(shape)
    return Y.to(X.dtype), moving_mean.data, moving_var.data
