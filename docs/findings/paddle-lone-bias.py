"""paddlepaddle 3.3.1, BatchNorm with one of weight and bias: that one gets no gradient, silently,
so that training leaves it as it is."""

import sys

import numpy as np
import paddle

draw = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 0).standard_normal
x, dy, u = draw((8, 3), np.float32), draw((8, 3), np.float32), 2.0**-24
hat = (x - x.mean(0, np.float64)) / np.sqrt(x.var(0, dtype=np.float64) + 1e-5)
exact = {"weight": (dy * hat).sum(0), "bias": dy.sum(0, dtype=np.float64)}
allowed = 64 * u * np.max(np.abs(x)) * np.sum(np.abs(dy * (1 + abs(hat))))  # 8 terms, a few steps
for given in (("weight", "bias"), ("bias",), ("weight",)):
    norm = paddle.nn.BatchNorm1D(3, **{f"{p}_attr": False for p in exact if p not in given})
    before = {part: getattr(norm, part).numpy().copy() for part in given}
    optimizer = paddle.optimizer.SGD(1.0, parameters=norm.parameters())
    (norm(paddle.to_tensor(x)) * paddle.to_tensor(dy)).sum().backward()
    optimizer.step()
    for part in given:
        step, gradient = before[part] - getattr(norm, part).numpy(), getattr(norm, part).grad
        print(f"{' and '.join(given)}: {part}.grad is None: {gradient is None}; got a step of "
              f"{step}, exact {exact[part]}, error {np.max(np.abs(step - exact[part])):.1e}, "
              f"float32 allows {allowed:.1e}")  # fmt: skip
