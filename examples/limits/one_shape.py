"""A kernel that was compiled for one shape and takes no other."""

import numpy as np

SHAPE = (8, 16, 7, 7)
CONVENTION = {"shape": SHAPE}


def forward(x, gamma, beta, eps):
    """Normalize a batch of that shape."""
    if x.shape != SHAPE:
        raise ValueError(f"compiled for {SHAPE}, not for {x.shape}")
    mean = x.mean((0, 2, 3), keepdims=True)
    var = x.var((0, 2, 3), keepdims=True)
    xhat = (x - mean) / np.sqrt(var + x.dtype.type(eps))
    return xhat * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)
