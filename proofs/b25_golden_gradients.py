r"""B25. Three losses whose gradients are known in closed form.

Statement.
    sum of squares: \frac{\partial}{\partial x_j} (\frac{1}{2} \sum_i \hat{x}_i^2) = \frac{\epsilon
        \hat{x}_j}{s^3}
    sum: \frac{\partial}{\partial x_j} (\sum_i \hat{x}_i) = 0
    sum of cubes: \frac{\partial}{\partial x_j} (\frac{1}{3} \sum_i \hat{x}_i^3) =
        \frac{\hat{x}_j^2 - \frac{1}{m} \sum_i \hat{x}_i^2 - \frac{\hat{x}_j}{m} \sum_i
        \hat{x}_i^3}{s}
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    With gamma = 1: the loss sum xhat^2 / 2 has dx = eps / s^3 xhat; the loss sum xhat has dx = 0;
    sum xhat^3 / 3 has dx = 1/s (xhat^2 - mean(xhat^2) - xhat mean(xhat^3)).

Sketch.
    Put the cotangents xhat, 1 and xhat^2 into the compact form (B01).

Source.
    Own; golden tests.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, gradient, mean, square, std, total, x, xhat

h = xhat()

theorem = Theorem(
    id="B25",
    title="Golden gradients",
    derivations=(
        derive(
            "sum of squares",
            gradient(total(square(h)) / 2, x, j),
            ("normalized", (eps / std() ** 3 * h)[j]),
        ),
        derive("sum", gradient(total(h), x, j), ("normalized", 0)),
        derive(
            "sum of cubes",
            gradient(total(h**3) / 3, x, j),
            ("chain rule", (1 / std() * (square(h) - mean(square(h)) - h * mean(h**3)))[j]),
        ),
    ),
)
