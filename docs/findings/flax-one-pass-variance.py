"""flax 0.12.8, nnx.BatchNorm and linen.BatchNorm: variance as E[x^2] - E[x]^2, which cancels."""

import sys

import flax.linen as nn
import jax
import numpy as np
from flax import nnx

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 256, 2.0**-24
x = (1e4 + np.random.default_rng(seed).standard_normal((m, 3))).astype(np.float32)
s = np.sqrt(x.var(0, dtype=np.float64) + 1e-5)
exact = (x - x.mean(0, np.float64)) / s
d = m * u * np.abs(x).max() / s  # a mean summed in float32 in any order, in deviations
allowed = np.max(d + np.abs(exact) * (d * d + (m + 8) * u))  # two-pass: its variance is off by d^2
for fast in (True, False):
    linen = nn.BatchNorm(use_running_average=False, use_fast_variance=fast)
    of_nnx = nnx.BatchNorm(3, use_fast_variance=fast, rngs=nnx.Rngs(0))
    got = {"linen": linen.init_with_output(jax.random.key(0), x)[0], "nnx": of_nnx(x)}
    for name, y in got.items():
        at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
        print(f"{name}, use_fast_variance={fast}: got {y[at]:.7g}, exact {exact[at]:.7g}, "
              f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed:.1e}")  # fmt: skip
