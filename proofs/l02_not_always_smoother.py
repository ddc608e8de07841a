"""L02. The gradient is smaller than that at the output by gamma / sqrt(var), which may exceed 1.

Statement.
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
