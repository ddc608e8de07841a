"""Stateless batch norm functions for PyTorch, one for training and one for evaluation."""

import torch


def _lift(v, x):
    return v[(None, slice(None)) + (None,) * (x.ndim - 2)]


def normalize(x, mean, std, weight, bias):
    scale = weight / torch.sqrt(std)
    return ((x - _lift(mean, x)) * _lift(scale, x) + _lift(bias, x)).to(x.dtype)


def batch_stats(x, eps):
    c = x.movedim(1, 0).reshape(x.shape[1], -1)
    mean = c.mean(dim=1)
    var = (c - mean[:, None]).square().mean(dim=1)
    return mean, torch.sqrt(var + eps), var


def batch_norm_train(x, weight, bias, running_mean, running_var, eps=1e-5, momentum=0.1):
    """Returns the output and the new running mean and variance."""
    mean, std, var = batch_stats(x, eps)
    y = normalize(x, mean, std, weight, bias)
    new_mean = torch.lerp(running_mean, mean.detach(), momentum)
    new_var = torch.lerp(running_var, var.detach(), momentum)
    return y, new_mean, new_var


def batch_norm_eval(x, weight, bias, running_mean, running_var, eps=1e-5):
    return normalize(x, running_mean, torch.sqrt(running_var + eps), weight, bias)
