"""torch, float16 (CPU and CUDA): differentiating a gradient of batch normalization gives NaN where
the variance is small, since 1/sigma^3 is taken in float16: with eps = 1e-5 it is 3e7."""

import sys

import numpy as np
import torch

seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
draw = np.random.default_rng(seed).standard_normal((2, 8, 3), dtype=np.float32)
for device in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
    for dtype in (torch.float16, torch.float32):
        x = torch.full((8, 3), 1.0, dtype=dtype, device=device).requires_grad_()
        dy, w = torch.tensor(draw, device=device).half().to(dtype).unbind()
        layer = torch.nn.BatchNorm1d(3, device=device, dtype=dtype)
        (dx,) = torch.autograd.grad(layer(x), x, dy.requires_grad_(), create_graph=True)
        of_x, of_dy = torch.autograd.grad(dx, (x, dy), w)
        # all x equal: xhat = 0, so <w, dx> = sum(w (dy - mean(dy))) / sqrt(eps)
        v = w.double().cpu().numpy()
        exact = (v - v.mean(0)) / np.sqrt(1e-5)
        got = of_dy.double().cpu().numpy()
        print(f"{device}, {dtype}: d<w, dx>/ddy got {got[0, 0]:.6g}, exact {exact[0, 0]:.6g}; "
              f"NaN: {int(np.isnan(got).sum())} of {got.size}, "
              f"{int(of_x.isnan().sum())} of d<w, dx>/dx")  # fmt: skip
