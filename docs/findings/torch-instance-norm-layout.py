"""torch, CPU: the dx of instance_norm is wrong where there is one sample, whose cotangent is
channels-last; with a contiguous one, or with two samples, it is right."""

import sys

import numpy as np
import torch

seed, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 2.0**-24
for samples in (1, 2):
    x, dy = np.random.default_rng(seed).standard_normal((2, samples, 2, 2, 2), dtype=np.float32)
    c = x - x.mean((2, 3), keepdims=True, dtype=np.float64)
    s = np.sqrt((c * c).mean((2, 3), keepdims=True) + 1e-5)
    means = (dy + 0.0 * c).mean((2, 3), keepdims=True), (dy * c / s).mean((2, 3), keepdims=True)
    exact = (dy - means[0] - c / s * means[1]) / s
    # four values: some 64 roundings of terms that are at most so large
    allowed = 64 * u * np.max((np.abs(x).max() / s) ** 2 * np.abs(dy).max() / s)
    for name, layout in (("", torch.contiguous_format), ("channels-last ", torch.channels_last)):
        given = torch.tensor(x, requires_grad=True)
        y = torch.nn.functional.instance_norm(given)
        y.backward(torch.tensor(dy).contiguous(memory_format=layout))
        error = np.abs(given.grad.double().numpy() - exact).max()
        print(f"x {x.shape}, {name}dy: error of dx {error:.1e}, "
              f"float32 allows {allowed:.1e}")  # fmt: skip
