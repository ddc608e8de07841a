r"""F27. The mean, appended to the batch, keeps the mean and shrinks the variance.

Statement.
    mean: \frac{\sum_i x_i + \mu}{m + 1} = \mu
    variance: \frac{\sum_i (x_i - \frac{\sum_j x_j + \mu}{m + 1})^2 + (\mu - \frac{\sum_i x_i +
        \mu}{m + 1})^2}{m + 1} = \frac{\sigma^2 m}{m + 1}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    The m + 1 values x_1, ..., x_m, mu have mean mu and variance var m / (m + 1).

Sketch.
    The sum over m + 1 values is the sum over the first m plus the last one.

Source.
    Own.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mu, square, total, var, x

new_mean = (total(x) + mu()) / (m + 1)
new_var = (total(square(x - new_mean)) + square(mu() - new_mean)) / (m + 1)

theorem = Theorem(
    id="F27",
    title="Appending the mean",
    derivations=(
        derive("mean", new_mean, ("substitute", (m * mu() + mu()) / (m + 1)), ("cancel", mu())),
        derive(
            "variance",
            new_var,
            ("substitute", total(square(x - mu())) / (m + 1)),
            ("definition", var() * m / (m + 1)),
        ),
    ),
)
