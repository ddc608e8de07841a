r"""L01. Santurkar et al., Theorem 4.1, which is an equality.

Statement.
    squared norm: \sum_i (\frac{\partial}{\partial x_i} (\sum_j dy_j (\gamma \tilde{x}_j +
        \beta)))^2 = \frac{\gamma^2}{\sigma^2} (\sum_i dy_i^2 - \frac{(\sum_i dy_i)^2}{m} -
        \frac{(\sum_i dy_i \tilde{x}_i)^2}{m})
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}

Domain.
    m \ge 2, \epsilon = 0, \sigma^2 > 0

In words.
    At eps = 0 and var > 0, with G the gradient of the loss at the output and gamma = 1 there:
    sum (dL/dx)^2 = (gamma^2 / var) (sum G^2 - (sum G)^2 / m - (sum G xhat)^2 / m).

Sketch.
    B11 with eps = 0.

Source.
    Santurkar, Tsipras, Ilyas and Madry (2018), arXiv:1805.11604, Theorem 4.1, printed with "<=":
    there the right side has the gradient of another network at the same point.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    dx,
    dy,
    gamma,
    inner,
    m,
    square,
    total,
    var,
    x,
    xhat,
)

h = xhat(eps=0)
right = (
    square(gamma) / var() * (total(square(dy)) - square(total(dy)) / m - square(inner(dy, h)) / m)
)

theorem = Theorem(
    id="L01",
    title="Santurkar et al., Theorem 4.1, as an equality",
    domain="m >= 2, eps = 0, var > 0",
    derivations=(
        derive(
            "squared norm",
            total(square(dx(output=batchnorm(eps=0)))),
            ("substitute", total(square(backward(dy, x, 0)))),
            ("expand", right),
        ),
    ),
)
