"""TileOPs#1727: running statistics updated by every thread of a block with no barrier; a race that
only shows where there are many channels (here: channels from the 64th on, at random)."""

import numpy as np

_rng = np.random.default_rng()  # stands for the scheduler


def _axes(x):
    return (0, *range(2, x.ndim))


def forward(x, gamma, beta, eps):
    sh = (1, -1) + (1,) * (x.ndim - 2)
    mu = x.mean(_axes(x), keepdims=True)
    var = ((x - mu) ** 2).mean(_axes(x), keepdims=True)
    return (x - mu) / np.sqrt(var + x.dtype.type(eps)) * gamma.reshape(sh) + beta.reshape(sh)


def update(x, running_mean, running_var, momentum):
    k = x.dtype.type(momentum)
    mu = x.mean(_axes(x))
    var = x.var(_axes(x))
    rm, rv = running_mean.copy(), running_var.copy()
    for c in range(x.shape[1]):
        times = 1 + (c >= 64 and _rng.random() < 0.5)  # another warp read after the first one wrote
        for _ in range(times):
            rm[c] = (1 - k) * rm[c] + k * mu[c]
            rv[c] = (1 - k) * rv[c] + k * var[c]
    return rm, rv
