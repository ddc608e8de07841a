"""W01. Scaling the weights before batch normalization.

Statement.
    For a > 0 and every loss of the output: L with eps at a w is L with eps / a^2 at w. For a < 0
    gamma changes its sign too.

Sketch.
    W u scales with w; F04.

Source.
    Ioffe and Szegedy (2015), section 3.3, at eps = 0.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, eps, gamma, loss, preactivation, sign, square, w

a = Symbol("a")
z = preactivation()

theorem = Theorem(
    id="W01",
    title="Scaling the weights scales eps",
    domain="m >= 1, a != 0",
    derivations=(
        derive("preactivation", preactivation(a * w), ("linearity", a * z)),
        derive(
            "output",
            batchnorm(preactivation(a * w)),
            ("substitute", batchnorm(z, gamma=gamma * sign(a), eps=eps / square(a))),
        ),
        derive(
            "loss",
            loss(batchnorm(preactivation(a * w))),
            ("substitute", loss(batchnorm(z, gamma=gamma * sign(a), eps=eps / square(a)))),
        ),
    ),
)
