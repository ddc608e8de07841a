import jax.numpy as jnp


def batchnorm(x, gamma, beta, eps=1e-5):
    axes = (0, *range(2, x.ndim))
    shape = (1, -1, *[1] * (x.ndim - 2))
    mu = x.mean(axes, keepdims=True)
    std = x.std(axes, keepdims=True)
    return gamma.reshape(shape) * ((x - mu) / std) + beta.reshape(shape)
