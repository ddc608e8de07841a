r"""F25. With eps > 0 the centred input can be recovered from the output.

Statement.
    what is missing from 1: p = \frac{\epsilon}{\sigma^2 + \epsilon}
    recovered square: (x_i - \mu)^2 p = \hat{x}_i^2 \epsilon
    where p = 1 - \frac{1}{m} \sum_i \hat{x}_i^2

Domain.
    m \ge 1, \epsilon > 0

In words.
    (x - mu)^2 (1 - mean(xhat^2)) = xhat^2 eps, entry by entry: x - mu = xhat sqrt(eps / (1 - rho)).

Sketch.
    1 - mean(xhat^2) = eps / (var + eps), by F02.

Source.
    Own: at eps = 0 the scale of x is lost, at eps > 0 it is not.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, mu, square, var, x, xhat

theorem = Theorem(
    id="F25",
    title="With eps > 0 the scale of the input is not lost",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "what is missing from 1", 1 - mean(square(xhat())), ("normalized", eps / (var() + eps))
        ),
        derive(
            "recovered square",
            square(x - mu()) * (1 - mean(square(xhat()))),
            ("substitute", square(x - mu()) * eps / (var() + eps)),
            ("definition", square(xhat()) * eps),
        ),
    ),
)
