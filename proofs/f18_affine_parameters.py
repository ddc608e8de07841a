r"""F18. The output is linear in (gamma, beta), and a sign may move from x to gamma.

Statement.
    linear: (\mathrm{g1} + t \mathrm{g2}) \hat{x}_i + \mathrm{b1} + t \mathrm{b2} = \mathrm{g1}
        \hat{x}_i + \mathrm{b1} + t (\mathrm{g2} \hat{x}_i + \mathrm{b2})
    odd: \gamma \frac{-x_i - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (-x_j - \mu_{1})^2 + \epsilon}} +
        \beta = \beta - \gamma \hat{x}_i
    where \mu_{1} = \frac{1}{m} \sum_i (-x_i)
    where g = \frac{1}{m} \sum_i (x_i - \mu)^2

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    y(g1 + t g2, b1 + t b2) = y(g1, b1) + t y(g2, b2), and
    BN_{-gamma, beta}(x) = BN_{gamma, beta}(-x).

Sketch.
    xhat depends on neither parameter, and is odd in x.

Source.
    Ioffe and Szegedy (2015), Algorithm 1, last line.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, gamma, x

t, g1, g2, b1, b2 = (Symbol(name) for name in ("t", "g1", "g2", "b1", "b2"))

theorem = Theorem(
    id="F18",
    title="Linear in gamma and beta; odd in x",
    derivations=(
        derive(
            "linear",
            batchnorm(gamma=g1 + t * g2, beta=b1 + t * b2),
            ("expand", batchnorm(gamma=g1, beta=b1) + t * batchnorm(gamma=g2, beta=b2)),
        ),
        derive("odd", batchnorm(-x), ("substitute", batchnorm(gamma=-gamma))),
    ),
)
