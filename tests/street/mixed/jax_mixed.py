"""Batch norm from my mixed-precision JAX experiments."""

import jax.numpy as jnp
from jax import lax


def batch_norm_stats(x):
    axes = (0,) + tuple(range(2, x.ndim))
    mean = jnp.mean(x, axis=axes)
    var = jnp.var(x, axis=axes)
    return mean, var


def apply_batch_norm(x, gamma, beta, mean, var, eps=1e-5):
    def wide(v):
        return lax.broadcast_in_dim(v, x.shape, (1,))

    xhat = (x - wide(mean)) * wide(lax.rsqrt(var + eps))
    xhat = xhat.astype(jnp.float16)
    return (wide(gamma) * xhat.astype(x.dtype) + wide(beta)).astype(x.dtype)


def batch_norm(x, gamma, beta, running, eps=1e-5, momentum=0.99, is_training=True):
    """running is a pair (mean, var); returns y and the new pair."""
    if not is_training:
        return apply_batch_norm(x, gamma, beta, *running, eps=eps), running
    mean, var = batch_norm_stats(x)
    y = apply_batch_norm(x, gamma, beta, mean, var, eps=eps)
    running = tuple(momentum * r + (1 - momentum) * v for r, v in zip(running, (mean, var)))
    return y, running
