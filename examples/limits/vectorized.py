"""A kernel with vector instructions: images only, C a multiple of 8, contiguous memory."""

import numpy as np

CONVENTION = {"ranks": [4], "channels_multiple_of": 8, "contiguous": True}


def forward(x, gamma, beta, eps):
    """Normalize (N, C, H, W)."""
    if x.ndim != 4 or x.shape[1] % 8 or not x.flags.c_contiguous:
        raise ValueError("wants contiguous images with a multiple of 8 channels")
    mean = x.mean((0, 2, 3), keepdims=True)
    var = x.var((0, 2, 3), keepdims=True)
    xhat = (x - mean) / np.sqrt(var + x.dtype.type(eps))
    return xhat * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)
