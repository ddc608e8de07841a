"""torch, CUDA without cuDNN (bfloat16: always): the sums behind dgamma, dbeta and dx pass through
the input's format: Float2's constructor takes scalar_t, so partial sums and products are rounded
to half precision, though weight and bias are float32."""

import sys

import numpy as np
import torch

seed, m, u = int(sys.argv[1]) if len(sys.argv) > 1 else 0, 64, 2.0**-24
torch.backends.cudnn.enabled = False
for dtype in (torch.bfloat16, torch.float16):
    draw = np.random.default_rng(seed).standard_normal((2, 4, 3, m // 4), dtype=np.float32)
    x, dy = torch.tensor(draw, device="cuda").to(dtype).unbind()
    layer = torch.nn.BatchNorm1d(3, device="cuda")  # its parameters are float32
    layer(x.requires_grad_()).backward(dy)
    values = dy.double().cpu().numpy()
    exact, allowed = values.sum((0, 2)), (m - 1) * u * np.abs(values).sum((0, 2))
    got = layer.bias.grad.double().cpu().numpy()
    at = np.argmax(np.abs(got - exact) / allowed)
    print(f"{dtype}: dbeta[{at}] got {got[at]:.9g}, exact {exact[at]:.9g}, "
          f"error {abs(got[at] - exact[at]):.1e}, float32 allows {allowed[at]:.1e}")  # fmt: skip
