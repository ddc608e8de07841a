"""Batch norm forward and running averages for feature maps or feature vectors, everything per channel (axis 1)."""

import numpy as np


class _View:
    """Broadcasting helpers for one input."""

    def __init__(self, x):
        self.x = x
        self.batch = x.shape[0]
        self.reduce = (0,) + tuple(range(2, x.ndim))
        self.column = (x.shape[1],) + (1,) * (x.ndim - 2)

    def mean(self):
        return np.mean(self.x, axis=self.reduce)

    def var(self):
        deviation = self.x - self.mean().reshape(self.column)
        return np.mean(np.square(deviation), axis=self.reduce)

    def affine(self, slope, offset_from, plus):
        slope, offset_from, plus = (
            np.asarray(v).reshape(self.column) for v in (slope, offset_from, plus)
        )
        return (slope * (self.x - offset_from) + plus).astype(self.x.dtype, copy=False)


def forward(x, gamma, beta, eps):
    view = _View(x)
    return view.affine(gamma / np.sqrt(view.var() + eps), view.mean(), beta)


def infer(x, gamma, beta, running_mean, running_var, eps):
    return _View(x).affine(gamma / np.sqrt(running_var + eps), running_mean, beta)


def update(x, running_mean, running_var, momentum):
    """momentum: how much of the new estimate goes in."""
    view = _View(x)
    var = view.var()
    if view.batch > 1:
        var = var * (view.batch / (view.batch - 1))
    rest = 1 - momentum
    return rest * running_mean + momentum * view.mean(), rest * running_var + momentum * var
