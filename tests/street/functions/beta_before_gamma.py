"""Two functions for normalizing the columns of a matrix over a mini-batch, forward and gradient (2-D only)."""

import numpy as np


def batch_norm(x, scale, shift, epsilon=1e-5):
    n = len(x)
    mean = sum_rows(x) / n
    residual = x - mean
    stdev = np.sqrt(sum_rows(residual * residual) / n + epsilon)
    moved = residual / stdev + shift
    return (scale * moved).astype(x.dtype), (residual, stdev, moved, scale)


def sum_rows(a):
    return np.add.reduce(a, 0)


def batch_norm_grad(upstream, cache):
    residual, stdev, moved, scale = cache
    n = len(upstream)
    d_scale = sum_rows(upstream * moved)
    d_moved = upstream * scale
    d_shift = sum_rows(d_moved)
    d_stdev = -sum_rows(d_moved * residual) / stdev**2
    d_residual = d_moved / stdev + residual * d_stdev / (n * stdev)
    d_x = d_residual - sum_rows(d_residual) / n
    return d_x.astype(upstream.dtype), d_scale, d_shift
