r"""RMS18. RMS normalization twice, without gamma, is once with another eps.

Statement.
    the square of both: \frac{z_i^2}{\frac{1}{m} \sum_j z_j^2 + \epsilon_2} =
        \frac{x_i^2}{\frac{\epsilon_2 + 1}{m} \sum_j x_j^2 + \epsilon \epsilon_2}
    the other eps: \frac{\epsilon_2 + 1}{m} \sum_j x_j^2 + \epsilon \epsilon_2 = (\epsilon_2 + 1)
        (\frac{1}{m} \sum_j x_j^2 + \frac{\epsilon \epsilon_2}{\epsilon_2 + 1})
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0, \epsilon_{2} > 0

In words.
    Normalizing z with eps_2 gives x normalized with eps eps_2 / (1 + eps_2), divided by sqrt(1 +
    eps_2). The proof is of the squares; both have the sign of x. QK normalization after RMS
    normalization is no such case: gamma is between them.

Sketch.
    The mean of z^2 is q / (q + eps) by RMS02.

Source.
    A consequence of RMS02.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.relatives import z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, square, x

eps_2 = Symbol("eps_2", positive=True)
q = mean(square(x))

theorem = Theorem(
    id="RMS18",
    title="RMS normalization twice, without gamma, is once with another eps",
    domain="m >= 1, eps > 0, eps_2 > 0",
    derivations=(
        derive(
            "the square of both",
            square(z()) / (mean(square(z())) + eps_2),
            ("substitute", square(x) / ((1 + eps_2) * q + eps * eps_2)),
        ),
        derive(
            "the other eps",
            (1 + eps_2) * q + eps * eps_2,
            ("expand", (1 + eps_2) * (q + eps * eps_2 / (1 + eps_2))),
        ),
    ),
)
