"""paddlepaddle 3.3.1, BatchNorm on the CPU, one value per channel in training: y is x; gamma and
beta are not used and get the gradient 0, dx is dy, and the running statistics stay as they are."""

import sys

import numpy as np
import paddle

draw = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 0).standard_normal
x, dy, gamma, beta = (draw(shape, np.float32) for shape in ((1, 3), (1, 3), 3, 3))
norm = paddle.nn.BatchNorm(3)  # BatchNorm1D, 2D and 3D do the same
norm.weight.set_value(gamma)
norm.bias.set_value(beta)
point = paddle.to_tensor(x, stop_gradient=False)
y = norm(point)
gradients = paddle.grad([y], [point, norm.weight, norm.bias], [paddle.to_tensor(dy)])
names = ("y", "dx", "dgamma", "dbeta", "running mean")
got = [tensor.numpy().ravel() for tensor in (y, *gradients, norm._mean)]
exact = (beta, 0 * beta, 0 * beta, dy[0], 0.1 * x[0])
largest = max(np.max(np.abs(a)) for a in (x, dy, gamma, beta, 1))
allowed = 16 * 2.0**-24 * largest**2 / np.sqrt(1e-5)  # each term rounds a few times, times 1/s
for name, a, b in zip(names, got, exact, strict=True):
    error = np.max(np.abs(a - b))
    print(f"{name}: got {a}, exact {b}, error {error:.1e}, float32 allows {allowed:.1e}")
