"""keras 3.15.1, BatchNormalization on the torch and numpy backends: variance as E[x^2] - E[x]^2,
not clipped. Run with KERAS_BACKEND=torch or numpy; jax is right."""

import sys

import keras
import numpy as np

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 256, 2.0**-24
x = (1e4 + np.random.default_rng(seed).standard_normal((m, 3))).astype(np.float32)
layer = keras.layers.BatchNormalization(momentum=0.0)
y = keras.ops.convert_to_numpy(layer(x, training=True))
v = x.var(0, dtype=np.float64)
s = np.sqrt(v + 1e-3)
exact = (x - x.mean(0, np.float64)) / s
d = m * u * np.abs(x).max() / s  # a mean summed in float32 in any order, in deviations
allowed = np.max(d + np.abs(exact) * (d * d + (m + 8) * u))  # two-pass: its variance is off by d^2
at = np.unravel_index(np.argmax(np.nan_to_num(np.abs(y - exact), nan=np.inf)), y.shape)
moving = keras.ops.convert_to_numpy(layer.moving_variance)
print(f"{keras.backend.backend()}: moving variance {moving}, exact {v}; "
      f"got {y[at]:.7g}, exact {exact[at]:.7g}, error {abs(y[at] - exact[at]):.1e}, "
      f"float32 allows {allowed:.1e}")  # fmt: skip
