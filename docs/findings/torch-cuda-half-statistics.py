"""torch, CUDA without cuDNN (BatchNorm1d: with it too): of float16 values that are neither
contiguous nor channels-last, mean and variance are rounded to float16 before they are used."""

import sys

import numpy as np
import torch

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 64, 2.0**-24
torch.backends.cudnn.enabled = False
draw = 8 + np.random.default_rng(seed).standard_normal((m, 3), dtype=np.float32)
values = torch.tensor(draw, device="cuda").half()
exact = values.double().cpu().numpy().mean(0)
allowed = m * u * np.abs(values.double().cpu().numpy()).mean(0)
for name, x in (("contiguous", values), ("transposed", values.t().contiguous().t())):
    layer = torch.nn.BatchNorm1d(3, momentum=1.0, device="cuda")  # in float32
    y = layer(x).detach().double().cpu().numpy()
    got = layer.running_mean.double().cpu().numpy()
    at = np.argmax(np.abs(got - exact))
    print(f"{name}: running_mean[{at}] got {got[at]:.9g}, exact {exact[at]:.9g}, "
          f"error {abs(got[at] - exact[at]):.1e}, float32 allows {allowed[at]:.1e}; "
          f"mean(y) is up to {np.abs(y.mean(0)).max():.1e}")  # fmt: skip
