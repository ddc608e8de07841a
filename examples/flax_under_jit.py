"""A layer of a JAX framework under jit: ``bncheck verify examples/flax_under_jit.py:layer``.

Without this, ``bncheck verify flax.linen:BatchNorm`` runs one operation at a time.
"""

import flax.linen as nn

from bncheck import adapt, jitted


def layer():
    """Make the layer; what bncheck is given is called without arguments."""
    return jitted(adapt(nn.BatchNorm(use_fast_variance=False), name="flax.linen.BatchNorm"))
