"""F18. The output is linear in (gamma, beta), and a sign may move from x to gamma.

Statement.
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
