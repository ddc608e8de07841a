r"""L02. The gradient is smaller than that at the output by gamma / sqrt(var), which may exceed 1.

Statement.
    equality without these parts: \sum_i (\frac{\gamma}{\sqrt{\sigma^2}} (dy_i - \frac{1}{m} \sum_j
        dy_j - \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j - \frac{1}{m} \sum_j p_j -
        \frac{\tilde{x}_i}{m} \sum_j p_j \tilde{x}_j))^2 = \frac{\gamma^2}{\sigma^2} \sum_i p_i^2
    norm: \sum_i (\frac{\gamma p_i}{\sqrt{\sigma^2}})^2 \le \frac{\gamma^2}{\sigma^2} \sum_i dy_i^2
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}
    where p_i = dy_i - \frac{1}{m} \sum_j dy_j - \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j

Domain.
    m \ge 2, \epsilon = 0, \sigma^2 > 0

In words.
    At eps = 0: |dx|^2 <= (gamma^2 / var) |dy|^2. By L01 it is equality for a dy without parts along
    1 and xhat, so for |gamma| > sqrt(var) there are gradients that are larger than dy.

Sketch.
    The gap is what L01 subtracts.

Source.
    Own; Santurkar et al. (2018), arXiv:1805.11604, Theorem 4.1.
"""

from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dy,
    gamma,
    inner,
    m,
    mean,
    square,
    total,
    var,
    x,
    xhat,
)

h = xhat(eps=0)
scale = square(gamma) / var()
without = dy - mean(dy) - h * mean(dy * h)

theorem = Theorem(
    id="L02",
    title="The gradient is bounded by gamma / sqrt(var) times that at the output",
    kind="inequality",
    domain="m >= 2, eps = 0, var > 0",
    derivations=(
        derive(
            "equality without these parts",
            total(square(backward(without, x, 0))),
            ("normalized", scale * total(square(without))),
        ),
    ),
    inequalities=(
        Inequality(
            "norm",
            total(square(backward(dy, x, 0))),
            scale * total(square(dy)),
            scale * (m * square(mean(dy)) + square(inner(dy, h)) / m),
        ),
    ),
)
