"""B23. gamma dgamma + beta dbeta is the inner product of dy and y.

Statement.
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
