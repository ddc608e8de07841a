r"""LN18. Layer normalization twice, without gamma, is once with another eps.

Statement.
    mean of the first: \frac{1}{m} \sum_i \hat{x}_i = 0
    variance of the first: \frac{1}{m} \sum_i \hat{x}_i^2 = \frac{\sigma^2}{\sigma^2 +
        \epsilon}
    the square of both: \frac{\hat{x}_i^2}{\frac{1}{m} \sum_j \hat{x}_j^2 + \epsilon_2} =
        \frac{(x_i - \mu)^2}{(\epsilon_2 + 1) \sigma^2 + \epsilon \epsilon_2}
    the other eps: (\epsilon_2 + 1) \sigma^2 + \epsilon \epsilon_2 = (\epsilon_2 + 1) (\sigma^2 +
        \frac{\epsilon \epsilon_2}{\epsilon_2 + 1})

Domain.
    m \ge 1, \epsilon > 0, \epsilon_{2} > 0

In words.
    xhat of xhat, with eps_2 in the second, is the row normalized with eps eps_2 / (1 + eps_2),
    divided by sqrt(1 + eps_2). The proof is of the squares; both have the sign of x - mu. With
    gamma between the two there is no such law.

Sketch.
    The variance of xhat is var / (var + eps).

Source.
    A consequence of F02.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, mu, square, var, x, xhat

eps_2 = Symbol("eps_2", positive=True)
once = xhat()

theorem = Theorem(
    id="LN18",
    title="Layer normalization twice, without gamma, is once with another eps",
    domain="m >= 1, eps > 0, eps_2 > 0",
    derivations=(
        derive("mean of the first", mean(once), ("centred", 0)),
        derive("variance of the first", mean(square(once)), ("normalized", var() / (var() + eps))),
        derive(
            "the square of both",
            square(once) / (mean(square(once)) + eps_2),
            ("substitute", square(x - mu()) / ((1 + eps_2) * var() + eps * eps_2)),
        ),
        derive(
            "the other eps",
            (1 + eps_2) * var() + eps * eps_2,
            ("expand", (1 + eps_2) * (var() + eps * eps_2 / (1 + eps_2))),
        ),
    ),
)
