"""keras 3.15.1, BatchNormalization(dtype="float64"): with all backends but TensorFlow computed in
float32, since keras.backend.result_type("float64", "float32") is float32 there."""

import sys

import keras
import numpy as np

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 8, 2.0**-53
x = np.random.default_rng(seed).standard_normal((m, 3))
if keras.backend.backend() == "jax":
    __import__("jax").config.update("jax_enable_x64", True)
layer = keras.layers.BatchNormalization(dtype="float64")
y = keras.ops.convert_to_numpy(layer(x, training=True))
s = np.sqrt(x.astype(np.longdouble).var(0) + np.longdouble(1e-3))
exact = (x - x.astype(np.longdouble).mean(0)) / s
# m + 8 roundings, in the mean, and in the variance as E[x^2] - E[x]^2, relative to max x^2
r = float(np.max(np.abs(x)) / np.min(s))
allowed = (m + 8) * u * 2 * r * (1 + r * r)
at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
print(f"{keras.backend.backend()}, {y.dtype}: got {y[at]:.17g}, exact {float(exact[at]):.17g}, "
      f"error {abs(float(y[at] - exact[at])):.1e}, float64 allows {allowed:.1e}")  # fmt: skip
