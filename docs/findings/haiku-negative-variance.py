"""dm-haiku 0.0.17, BatchNorm: variance as E[x^2] - E[x]^2, not clipped; NaN where negative."""

import sys

import haiku as hk
import jax
import numpy as np

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 256, 2.0**-24
x = (1e4 + np.random.default_rng(seed).standard_normal((m, 4))).astype(np.float32)
variance = x.var(0, dtype=np.float64)
d = m * u * np.abs(x).max()  # a mean summed in float32 in any order
allowed = np.max(d * d + (m + 8) * u * variance)  # of a two-pass variance: d^2 for the mean
layer = hk.transform_with_state(lambda x: hk.BatchNorm(True, True, 0.9)(x, is_training=True))
parameters, state = layer.init(jax.random.key(0), x)
for name, apply in (("eager", layer.apply), ("jit", jax.jit(layer.apply))):
    y, after = apply(parameters, state, None, x)
    got = np.asarray(after["batch_norm/~/var_ema"]["average"])[0]
    print(f"{name}: {np.isnan(y).sum()} of {y.size} outputs are NaN; variance: got {got}, "
          f"exact {variance.round(4)}, float32 allows {allowed:.1e}")  # fmt: skip
