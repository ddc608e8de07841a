"""keras 3.15.1, GroupNormalization with the torch and numpy backends: the variance is
E[x^2] - E[x]^2, which cancels; LayerNormalization, too, with numpy; with JAX both are right."""

import sys

import keras
import numpy as np

seed, n, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 8, 2.0**-24
drawn = 4096 + np.random.default_rng(seed).standard_normal((4, n))
layers = {"GroupNormalization": {"groups": 1}, "LayerNormalization": {}}
for what, x in (("[4096, 4097]", np.float32([[4096, 4097]])), ("drawn", drawn.astype(np.float32))):
    rows = x.astype(np.float64)
    s = np.sqrt(rows.var(1, keepdims=True) + 1e-5)
    exact = (rows - rows.mean(1, keepdims=True)) / s
    d = n * u * rows.max() / s.min()  # a mean summed in float32 in any order, in deviations
    allowed = d + np.abs(exact).max() * (d * d + (n + 8) * u)  # two-pass: off by d^2
    for name, settings in layers.items():
        layer = getattr(keras.layers, name)(**settings, epsilon=1e-5)
        y = keras.ops.convert_to_numpy(layer(x))
        at = np.unravel_index(np.argmax(np.nan_to_num(np.abs(y - exact), nan=np.inf)), y.shape)
        print(f"{keras.backend.backend()}, {name}, {what}: got {y[at]:.7g}, exact {exact[at]:.7g}, "
              f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed:.1e}")  # fmt: skip
