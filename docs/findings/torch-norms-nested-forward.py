"""torch, layer_norm, batch_norm and instance_norm: second derivatives by forward mode, and third
ones by autograd, are wrong; of group_norm they are right."""

import torch
import torch.nn.functional as F
from torch.func import grad, jvp

norms = {
    "layer_norm": lambda x: F.layer_norm(x, (2,), eps=0.25),
    "batch_norm": lambda x: F.batch_norm(x.T, None, None, training=True, eps=0.25),
    "instance_norm": lambda x: F.instance_norm(x[None], eps=0.25),
    "group_norm": lambda x: F.group_norm(x.T[None], 1, eps=0.25),
}
one, t = torch.tensor([1.0, 0.7], dtype=torch.float64)
# x = (t, 0) and eps = 1/4: its first y is t/sqrt(t^2 + 1)
second, third = -3 * t * (t * t + 1) ** -2.5, (12 * t * t - 3) * (t * t + 1) ** -3.5
for name, norm in norms.items():
    y = lambda t, norm=norm: norm(torch.stack((t, 0 * t))[None]).flatten()[0]  # noqa: E731
    once = lambda t, y=y: jvp(y, (t,), (one,))[1]  # noqa: E731
    found = {"forward twice": jvp(once, (t,), (one,))[1], "grad twice": grad(grad(y))(t)}
    for what, got in {**found, "grad thrice": grad(grad(grad(y)))(t)}.items():
        exact = third if what == "grad thrice" else second
        print(f"{name}, {what}: got {got:.7g}, exact {exact:.7g}, error {abs(got - exact):.1e}, "
              f"float64 allows {64 * 2.0**-53:.1e}")  # fmt: skip
