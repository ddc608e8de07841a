"""torch, CPU: group_norm of x in channels-last has the variance E[x^2] - E[x]^2, which cancels; of
the same numbers, contiguous, it is right."""

import sys

import numpy as np
import torch

seed, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 2.0**-24
shown = np.tile(np.float32([4096, 4097]), 8).reshape(1, 4, 2, 2)
drawn = np.float32(4096) + np.random.default_rng(seed).standard_normal((2, 4, 4, 4))
for name, x in (("4096, 4097", shown), ("drawn", drawn.astype(np.float32))):
    rows = x.reshape(x.shape[0] * 2, -1).astype(np.float64)
    n, s = rows.shape[1], np.sqrt(rows.var(1, keepdims=True) + 1e-5)
    exact = ((rows - rows.mean(1, keepdims=True)) / s).reshape(x.shape)
    d = n * u * rows.max() / s.min()  # a mean summed in float32 in any order, in deviations
    # two-pass: its variance is off by d^2; in n terms, or the square of that many roundings
    allowed = d + np.abs(exact).max() * (d * d + (n + 8) * u)
    for layout in (torch.contiguous_format, torch.channels_last):
        given = torch.tensor(x).contiguous(memory_format=layout)
        y = torch.nn.functional.group_norm(given, 2).double().numpy()
        at = np.unravel_index(np.argmax(np.abs(y - exact)), y.shape)
        print(f"{name}, {layout}: got {y[at]:.7g}, exact {exact[at]:.7g}, "
              f"error {abs(y[at] - exact[at]):.1e}, float32 allows {allowed:.1e}")  # fmt: skip
