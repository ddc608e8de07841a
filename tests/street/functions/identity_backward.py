"""batch_norm and batch_norm_grad for tensors with the channel as their second dimension."""

import numpy as np


def batch_norm(x, scale, shift, epsilon=1e-5):
    swapped = np.swapaxes(x, 1, -1)  # channels last makes broadcasting free
    axes = tuple(range(x.ndim - 1))
    z = swapped - np.mean(swapped, axis=axes)
    z = z / np.sqrt(np.mean(np.square(z), axis=axes) + epsilon)
    y = np.swapaxes(z * scale + shift, 1, -1)
    return y.astype(x.dtype), z


def batch_norm_grad(dy, cache):
    g = np.swapaxes(dy, 1, -1)
    axes = tuple(range(dy.ndim - 1))
    dscale = np.sum(g * cache, axis=axes)
    dshift = np.sum(g, axis=axes)
    return dy.copy(), dscale, dshift
