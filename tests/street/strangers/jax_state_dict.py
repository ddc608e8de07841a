import jax
import jax.numpy as jnp


def batch_norm(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5, training=True):
    axes = (0, *range(2, x.ndim))

    def along(v):
        return jnp.expand_dims(v, axis=tuple(range(1, x.ndim - 1)))

    if training:
        mean = x.mean(axis=axes)
        var = jnp.mean((x - along(mean)) ** 2, axis=axes)
        running_mean = momentum * running_mean + (1 - momentum) * jax.lax.stop_gradient(mean)
        running_var = momentum * running_var + (1 - momentum) * jax.lax.stop_gradient(var)
    else:
        mean, var = running_mean, running_var
    y = (x - along(mean)) / jnp.sqrt(along(var) + eps) * along(gamma) + along(beta)
    return y, running_mean, running_var
