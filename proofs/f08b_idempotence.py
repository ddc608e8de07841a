"""F08b. Normalizing twice changes nothing at eps = 0, and something known else.

Statement.
    With eps = 0 and var > 0: xhat(xhat(x)) = xhat(x). With eps > 0 the squares satisfy
    xhat(xhat(x))^2 = (x - mu)^2 / (var (1 + eps) + eps^2).

Sketch.
    F08 with gamma = 1, eps_2 = eps.

Source.
    A consequence of F02.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, mu, square, var, x, xhat

theorem = Theorem(
    id="F08b",
    title="Normalizing twice",
    domain="m >= 2, var > 0",
    derivations=(
        derive("eps = 0", xhat(xhat(eps=0), eps=0), ("normalized", xhat(eps=0))),
        derive(
            "eps > 0",
            square(xhat() - mean(xhat())) / (var(xhat()) + eps),
            ("normalized", square(xhat()) / (var() / (var() + eps) + eps)),
            ("collect", square(x - mu()) / (var() * (1 + eps) + square(eps))),
        ),
    ),
)
