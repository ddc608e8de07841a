"""keras 3.15.1, LayerNormalization, RMSNormalization and GroupNormalization with dtype="float64":
computed in float32, as BatchNormalization is."""

import sys

import keras
import numpy as np

seed, n, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 8, 2.0**-53
x = np.random.default_rng(seed).standard_normal((4, n))
if keras.backend.backend() == "jax":
    __import__("jax").config.update("jax_enable_x64", True)
wide = x.astype(np.longdouble)
groups = {"LayerNormalization": (), "RMSNormalization": (), "GroupNormalization": (1,)}
for name, given in groups.items():
    layer = getattr(keras.layers, name)(*given, dtype="float64", epsilon=1e-3)
    y = keras.ops.convert_to_numpy(layer(x))
    c = wide - wide.mean(1, keepdims=True) * (name != "RMSNormalization")
    exact = (c / np.sqrt((c * c).mean(1, keepdims=True) + np.longdouble(1e-3))).astype(float)
    # n + 8 roundings, relative to max |x|^3 / s^3, which is enough for a one-pass variance, too
    allowed = (n + 8) * u * 4 * np.max(np.abs(x)) ** 3 / np.std(x, 1).min() ** 3
    at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
    print(f"{keras.config.backend()}, {name}, {y.dtype}: got {y[at]:.15g}, exact {exact[at]:.15g}, "
          f"error {abs(y[at] - exact[at]):.1e}, float64 allows {allowed:.1e}")  # fmt: skip
