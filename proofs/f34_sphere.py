r"""F34. At eps = 0 the outputs lie on a sphere.

Statement.
    squared distance from beta: \sum_i (\gamma \frac{x_i - \mu}{\sqrt{\sigma^2}} + \beta - \beta)^2
        = \gamma^2 m

Domain.
    m \ge 2, \epsilon = 0, \sigma^2 > 0

In words.
    With eps = 0 and var > 0: sum (y - beta)^2 = gamma^2 m.

Sketch.
    F02 with eps = 0.

Source.
    A consequence of F02.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, beta, gamma, m, square, total, xhat

y = batchnorm(eps=0)

theorem = Theorem(
    id="F34",
    title="At eps = 0 the outputs lie on a sphere",
    domain="m >= 2, eps = 0, var > 0",
    derivations=(
        derive(
            "squared distance from beta",
            total(square(y - beta)),
            ("definition", square(gamma) * total(square(xhat(eps=0)))),
            ("normalized", square(gamma) * m),
        ),
    ),
)
