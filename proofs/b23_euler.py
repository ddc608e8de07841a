r"""B23. gamma dgamma + beta dbeta is the inner product of dy and y.

Statement.
    Euler: \gamma dgamma + \beta dbeta = \sum_i dy_i y_i

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    gamma dL/dgamma + beta dL/dbeta = sum dy_i y_i.

Sketch.
    y is homogeneous of degree 1 in (gamma, beta): Euler's relation.

Source.
    Own.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    beta,
    dbeta,
    dgamma,
    dy,
    gamma,
    inner,
    total,
    xhat,
)

theorem = Theorem(
    id="B23",
    title="Euler's relation for gamma and beta",
    derivations=(
        derive(
            "Euler",
            gamma * dgamma() + beta * dbeta(),
            ("linearity", gamma * inner(dy, xhat()) + beta * total(dy)),
            ("collect", inner(dy, batchnorm())),
        ),
    ),
)
