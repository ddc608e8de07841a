"""paddlepaddle 3.3.1, BatchNorm in float64: epsilon and momentum are rounded to float32 first."""

import sys

import numpy as np
import paddle

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 8, 2.0**-53
x = np.random.default_rng(seed).random((m, 3)) / 8
norm = paddle.nn.BatchNorm(3, momentum=0.9, epsilon=1e-3, dtype="float64")
y, wide = norm(paddle.to_tensor(x)).numpy(), x.astype(np.longdouble)
mean, kept = wide.mean(0), norm._mean.numpy()
for name, kind in (("as given", float), ("rounded to float32", np.float32)):
    eps, momentum = np.longdouble(kind(1e-3)), np.longdouble(kind(0.9))
    s = np.sqrt(wide.var(0) + eps)
    exact = (wide - mean) / s
    r = float(np.max(x) / np.min(s))
    allowed = (m + 8) * u * 2 * r * (1 + r * r)  # m + 8 roundings, in the mean and the variance
    at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
    off = np.max(np.abs(kept - (1 - momentum) * mean))
    print(f"{name}: running mean off by {off:.1e}; got {y[at]:.17g}, exact {float(exact[at]):.17g},"
          f" error {float(abs(y[at] - exact[at])):.1e}, float64 allows {allowed:.1e}")  # fmt: skip
