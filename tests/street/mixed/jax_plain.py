"""Functional batch norm for a JAX model whose state is passed around by hand."""

import jax.numpy as jnp


def init_batch_norm(num_channels):
    params = {"scale": jnp.ones(num_channels), "bias": jnp.zeros(num_channels)}
    state = {"mean": jnp.zeros(num_channels), "var": jnp.ones(num_channels)}
    return params, state


def batch_norm(params, state, x, train=True, momentum=0.9, eps=1e-5):
    """x is (N, C) or (N, C, H, W); returns (y, new_state)."""
    x = jnp.asarray(x)
    axes = tuple(i for i in range(x.ndim) if i != 1)
    if train:
        mean = jnp.mean(x, axis=axes)
        var = jnp.mean(jnp.square(x - jnp.expand_dims(mean, axes)), axis=axes)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = state
    mean, var = jnp.expand_dims(mean, axes), jnp.expand_dims(var, axes)
    y = (x - mean) / jnp.sqrt(var + eps)
    y = y * jnp.expand_dims(params["scale"], axes) + jnp.expand_dims(params["bias"], axes)
    return y.astype(x.dtype), new_state
