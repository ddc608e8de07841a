"""Batch normalization as one function for my from-scratch ResNet; moving statistics are tensors."""

import torch


def batch_norm(x, gamma, beta, moving_mean, moving_var, training=True, eps=1e-5, momentum=0.9):
    """Returns y; moving_mean and moving_var are updated in place while training."""
    axes = tuple(i for i in range(x.ndim) if i != 1)
    keep = (slice(None),) + (None,) * (x.ndim - 2)
    if training:
        with torch.no_grad():
            var, mean = torch.var_mean(x, dim=axes, correction=0)
            moving_mean.mul_(momentum).add_((1 - momentum) * mean)
            moving_var.mul_(momentum).add_((1 - momentum) * var)
    scale = gamma / torch.sqrt(moving_var.clone() + eps)
    y = (x - moving_mean.clone()[keep]) * scale[keep] + beta[keep]
    return y.to(x.dtype)
