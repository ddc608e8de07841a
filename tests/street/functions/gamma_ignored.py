"""Forward-only batch normalization for 2-D arrays of shape (m, C)."""

from numpy import sqrt


def _centre_and_scale(x, mean, var, eps):
    return (x - mean) / sqrt(var + eps)


def forward(x, gamma, beta, eps):
    mean = x.mean(0)
    var = ((x - mean) ** 2).mean(0)
    normed = _centre_and_scale(x, mean, var, eps)
    return (normed + beta).astype(x.dtype)


def infer(x, gamma, beta, running_mean, running_var, eps):
    normed = _centre_and_scale(x, running_mean, running_var, eps)
    return (normed + beta).astype(x.dtype)


def update(x, running_mean, running_var, momentum):
    keep, take = momentum, 1 - momentum
    return keep * running_mean + take * x.mean(0), keep * running_var + take * x.var(0)
