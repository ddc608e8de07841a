"""torch, CPU, half precision, parameters in float32 (autocast): dx is rounded to half precision on
the way where dy is channels-last and x is not, so that small differences are lost."""

import sys

import numpy as np
import torch

seed, shape = int(sys.argv[1]) if len(sys.argv) > 1 else 0, (4, 3, 4, 4)
draw = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
for dtype, u in ((torch.bfloat16, 2.0**-8), (torch.float16, 2.0**-11)):
    x = torch.tensor(draw).to(dtype)
    v = x.double().numpy()
    c = v - v.mean((0, 2, 3), keepdims=True)
    w = (c * c).mean((0, 2, 3), keepdims=True) + 1e-5
    # dy = x: dx = (c - c mean(c^2)/w)/sqrt(w) = c eps/w^1.5, which nearly cancels
    exact, size = c * 1e-5 / w**1.5, np.abs(v).max() / np.sqrt(w)
    allowed = u * np.abs(exact) + (64 + 16) * 2.0**-24 * size * 2  # two sums of 64
    for name, dy in (("", x), ("channels-last ", x.contiguous(memory_format=torch.channels_last))):
        given = x.clone().requires_grad_()
        torch.nn.BatchNorm2d(3)(given).backward(dy.clone())
        error = np.abs(given.grad.double().numpy() - exact)
        print(f"{dtype}, {name}dy: error of dx {error.max():.1e}, float32 allows "
              f"{np.broadcast_to(allowed, error.shape).min():.1e}")  # fmt: skip
