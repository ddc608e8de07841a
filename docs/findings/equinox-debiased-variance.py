"""equinox 0.13.8, BatchNorm(mode="batch"): inference divides the running statistics by
1 - momentum^t, as is right for a start at 0; but the variance starts at 1."""

import sys

import equinox as eqx
import jax
import numpy as np

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 256, 2.0**-24
x = np.random.default_rng(seed).standard_normal((m, 3)).astype(np.float32)
v = x.var(0, dtype=np.float64)
exact = (x - x.mean(0, np.float64)) / np.sqrt(v + 1e-5)  # every step sees this one batch
norm, state = eqx.nn.make_with_state(eqx.nn.BatchNorm)(3, "batch", mode="batch")
over = {"axis_name": "batch", "in_axes": (0, None), "out_axes": (0, None)}
for step in range(1, 101):
    _, state = jax.vmap(norm, **over)(x, state)
    if step in (1, 10, 100):
        y = np.asarray(jax.vmap(eqx.nn.inference_mode(norm), **over)(x, state)[0])
        extra = 0.99**step / (1 - 0.99**step)  # what is left of the 1, divided
        allowed = (m + 8 * step) * u / (1 - 0.99**step)  # roundings, where the divisor cancels
        print(f"after {step} steps: std of y {y.std(0)}, exact {exact.std(0)}, predicted "
              f"{np.sqrt(v / (v + extra))}; float32 allows {allowed:.0e}")  # fmt: skip
