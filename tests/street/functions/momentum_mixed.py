"""Batch normalization for dense or convolutional activations, channels on axis 1, inference-ready but without gradients."""

import numpy as np


def _axes(x):
    return tuple(i for i in range(x.ndim) if i != 1)


def _b(v, x):
    return np.reshape(v, (1, -1) + (1,) * (x.ndim - 2))


def _apply(x, gamma, beta, mean, var, eps):
    y = (x - _b(mean, x)) / np.sqrt(_b(var, x) + eps)
    y = y * _b(gamma, x) + _b(beta, x)
    return y.astype(x.dtype, copy=False)


def forward(x, gamma, beta, eps):
    return _apply(x, gamma, beta, x.mean(axis=_axes(x)), x.var(axis=_axes(x)), eps)


def infer(x, gamma, beta, running_mean, running_var, eps):
    return _apply(x, gamma, beta, running_mean, running_var, eps)


def update(x, running_mean, running_var, momentum):
    axes = _axes(x)
    batch_mean, batch_var = x.mean(axis=axes), x.var(axis=axes)
    running_mean = momentum * running_mean + (1 - momentum) * batch_mean
    running_var = running_var + momentum * (batch_var - running_var)
    return running_mean, running_var
