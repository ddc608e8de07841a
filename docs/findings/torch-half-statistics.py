"""torch, CPU, a layer in float16 or bfloat16: mean and inverse deviation are stored in that format
between the passes, so y is off by more than one rounding of float32 arithmetic's result."""

import sys

import numpy as np
import torch

seed, m = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 64
draw = 8 + np.random.default_rng(seed).standard_normal((m, 3), dtype=np.float32)
for dtype, u in ((torch.bfloat16, 2.0**-8), (torch.float16, 2.0**-11)):
    x = torch.tensor(draw).to(dtype)
    values = x.double().numpy()
    exact = (values - values.mean(0)) / np.sqrt(values.var(0) + 1e-5)
    # stored with one rounding; float32 before that: m + 8 roundings of numbers up to max|x|/s
    allowed = u * np.abs(exact) + (m + 8) * 2.0**-24 * np.abs(values).max() / values.std(0).min()
    for kept in (dtype, torch.float32):
        layer = torch.nn.BatchNorm1d(3, dtype=kept)
        y = layer(x).detach().double().numpy()
        at = np.unravel_index(np.argmax(np.abs(y - exact) / allowed), y.shape)
        print(f"x {dtype}, parameters {kept}: got {y[at]:.6g}, exact {exact[at]:.6g}, "
              f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed[at]:.1e}")  # fmt: skip
