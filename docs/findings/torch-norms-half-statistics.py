"""torch, CPU, layer_norm and group_norm in half precision: where the weights are, too, mean and
inverse deviation are kept in that format for the backward pass; float32 weights keep them wide."""

import sys

import numpy as np
import torch

seed, n = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 8
draw = torch.tensor(np.random.default_rng(seed).standard_normal((2, 4, n), dtype=np.float32))
for dtype, u in ((torch.bfloat16, 2.0**-8), (torch.float16, 2.0**-11)):
    x, dy = (draw[0] + 30).to(dtype).requires_grad_(), draw[1].to(dtype)
    v, h = x.detach().double(), dy.double()
    s = (v.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    z = (v - v.mean(1, keepdim=True)) / s
    exact = (h - h.mean(1, keepdim=True) - z * (h * z).mean(1, keepdim=True)) / s
    # one rounding to half; float32 before that: n + 16 roundings of numbers up to max|x|/s
    allowed = u * exact.abs() + 48 * 2.0**-24 * h.abs().max() * v.max() / s**2 * (1 + z.abs())
    for kept in (dtype, torch.float32):
        for layer in (torch.nn.LayerNorm(n, dtype=kept), torch.nn.GroupNorm(1, n, dtype=kept)):
            error = (torch.autograd.grad(layer(x), x, dy)[0] - exact).abs()
            off, most = torch.stack((error, allowed)).view(2, -1)[:, (error / allowed).argmax()]
            print(f"{type(layer).__name__}, x {dtype}, weight {kept}: error of dx {off:.1e}, "
                  f"float32 allows {most:.1e}")  # fmt: skip
