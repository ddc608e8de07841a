import jax.numpy as jnp
from jax import lax


def batch_norm(x, scale, offset, eps=1e-5):
    """x is (N, C, ...)."""
    reduce = [i for i in range(x.ndim) if i != 1]
    mean = jnp.mean(x, reduce, keepdims=True)
    var = jnp.mean(lax.square(x - mean), reduce, keepdims=True)
    shape = [1, x.shape[1]] + [1] * (x.ndim - 2)
    return (x - mean) * lax.rsqrt(var + eps) * scale.reshape(shape) + offset.reshape(shape)
