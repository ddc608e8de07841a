"""torch.compile, CPU, x in half precision: mean and inverse deviation are rounded to x's format for
the backward pass, so that the gradient of a float32 weight is off by far more than its format."""

import sys

import numpy as np
import torch

seed, m = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 64
draws = np.random.default_rng(seed).standard_normal((2, m, 3), dtype=np.float32)
for dtype in (torch.bfloat16, torch.float16):
    x, dy = (torch.tensor(values).to(dtype) for values in (8 + draws[0], 1 + draws[1]))
    values, cotangent = x.double().numpy(), dy.double().numpy()
    exact = (cotangent * (values - values.mean(0))).sum(0) / np.sqrt(values.var(0) + 1e-5)
    # float32: m + 8 roundings of x/s in xhat, and as many of each product
    large = np.abs(values).max(0) / values.std(0)
    allowed = 2 * (m + 8) * 2.0**-24 * np.abs(cotangent).sum(0) * large
    for what, made in (("plain", lambda layer: layer), ("compiled", torch.compile)):
        layer = made(torch.nn.BatchNorm1d(3))
        layer(x).backward(dy)
        got = layer.weight.grad.double().numpy()
        at = np.argmax(np.abs(got - exact) / allowed)
        print(f"{what}, x {dtype}: dgamma {got[at]:.6g}, exact {exact[at]:.6g}, "
              f"error {abs(got[at] - exact[at]):.1e}, allowed {allowed[at]:.1e}")  # fmt: skip
