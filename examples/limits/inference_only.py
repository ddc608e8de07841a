"""A kernel for inference: there is no training step to check, and the file says so."""

import numpy as np

CONVENTION = {"training": False}


def forward(x, gamma, beta, running_mean, running_var, eps):
    """Normalize by the running statistics; x is (m, C) or (N, C, *spatial)."""
    shape = (1, -1) + (1,) * (x.ndim - 2)
    scale = gamma / np.sqrt(running_var + x.dtype.type(eps))
    return (x - running_mean.reshape(shape)) * scale.reshape(shape) + beta.reshape(shape)
