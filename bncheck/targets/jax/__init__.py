"""JAX: flax, nnx, haiku, equinox and plain functions, and how their programs are run."""
