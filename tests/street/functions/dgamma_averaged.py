"""Batch norm with gradients, looping over the channels of an (N, C) or (N, C, H, W) array."""

import numpy as np


def _one_channel(v, scale, shift, epsilon):
    centred = v - v.mean()
    rstd = 1.0 / np.sqrt((centred**2).mean() + epsilon)
    z = centred * rstd
    return scale * z + shift, z, rstd


def _one_channel_grad(g, z, rstd, scale):
    dshift = g.mean()
    dscale = (g * z).mean()
    dx = scale * rstd * (g - dshift - z * dscale)
    return dx, dscale, dshift


def batch_norm(x, scale, shift, epsilon=1e-5):
    y, saved = np.empty_like(x), []
    for c, channel in enumerate(np.moveaxis(x, 1, 0)):
        y[:, c], z, rstd = _one_channel(channel, scale[c], shift[c], epsilon)
        saved.append((z, rstd, scale[c]))
    return y, saved


def batch_norm_grad(dout, cache):
    dx = np.empty_like(dout)
    grads = np.empty((2, len(cache)), dout.dtype)
    for c, g in enumerate(np.moveaxis(dout, 1, 0)):
        dx[:, c], grads[0, c], grads[1, c] = _one_channel_grad(g, *cache[c])
    return dx, grads[0], grads[1]
