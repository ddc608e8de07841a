"""jax 0.10.2, nn.standardize and stax.BatchNorm: variance as E[x^2] - E[x]^2, which cancels."""

import sys

import jax
import numpy as np
from jax.example_libraries import stax

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 256, 2.0**-24
x = (1e4 + np.random.default_rng(seed).standard_normal((m, 3))).astype(np.float32)
s = np.sqrt(x.var(0, dtype=np.float64) + 1e-5)
exact = (x - x.mean(0, np.float64)) / s
d = m * u * np.abs(x).max() / s  # a mean summed in float32 in any order, in deviations
allowed = np.max(d + np.abs(exact) * (d * d + (m + 8) * u))  # two-pass: its variance is off by d^2
for name, y in {
    "standardize": jax.nn.standardize(x, axis=0),
    "stax": stax.BatchNorm(axis=(0,))[1]((np.zeros(3, "f4"), np.ones(3, "f4")), x),
    "standardize, algorithm='stable'": jax.nn.standardize(x, axis=0, algorithm="stable"),
}.items():
    at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
    print(f"{name}: got {y[at]:.7g}, exact {exact[at]:.7g}, "
          f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed:.1e}")  # fmt: skip
