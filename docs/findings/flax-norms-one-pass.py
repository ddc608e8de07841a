"""flax 0.12.8, linen and nnx, LayerNorm, GroupNorm and InstanceNorm: variance as E[x^2] - E[x]^2,
which cancels, unless use_fast_variance=False."""

import sys

import jax
import numpy as np
from flax import linen, nnx

seed, n, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 256, 2.0**-24
x = np.float32(1e4 + np.random.default_rng(seed).standard_normal((3, n, 1)))
s = np.sqrt(x.var(1, dtype=np.float64, keepdims=True) + 1e-6)
exact = (x - x.mean(1, dtype=np.float64, keepdims=True)) / s
d = n * u * np.abs(x).max() / s.min()  # a mean summed in float32 in any order, in deviations
allowed = d + np.abs(exact).max() * (d * d + (n + 8) * u)  # two-pass: its variance is off by d^2
kinds = {"LayerNorm": {"reduction_axes": 1}, "GroupNorm": {"num_groups": 1}, "InstanceNorm": {}}
for fast, name in ((fast, name) for fast in (True, False) for name in kinds):
    settings = kinds[name] | {"use_fast_variance": fast}
    of_nnx = getattr(nnx, name)(1, **settings, rngs=nnx.Rngs(0))(x)
    of_linen = getattr(linen, name)(**settings).init_with_output(jax.random.key(0), x)[0]
    for home, y in (("linen", of_linen), ("nnx", of_nnx)):
        at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
        print(f"{home}.{name}, use_fast_variance={fast}: got {y[at]:.7g}, exact {exact[at]:.7g}, "
              f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed:.1e}")  # fmt: skip
