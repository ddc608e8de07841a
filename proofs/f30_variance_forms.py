r"""F30. Three ways to write the variance.

Statement.
    mean of squares: \sigma^2 = \frac{1}{m} \sum_i x_i^2 - \mu^2
    pairs: \frac{1}{2 m} \sum_i \frac{1}{m} \sum_j (x_i - x_j)^2 = \sigma^2
    about another point: \frac{1}{m} \sum_i (x_i - a)^2 = \sigma^2 + (\mu - a)^2

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    var = mean(x^2) - mu^2 = (1 / 2) mean over all pairs of (x_i - x_j)^2, and for any a:
    mean((x - a)^2) = var + (mu - a)^2.

Sketch.
    Expand the squares.

Source.
    Koenig and Huygens.
"""

from bncheck.symbolic.expression import Symbol, j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import mean, mu, square, var, x

a = Symbol("a")

theorem = Theorem(
    id="F30",
    title="Three ways to write the variance",
    derivations=(
        derive("mean of squares", var(), ("expand", mean(square(x)) - square(mu()))),
        derive("pairs", mean(mean(square(x - x[j]), j)) / 2, ("expand", var())),
        derive("about another point", mean(square(x - a)), ("expand", var() + square(mu() - a))),
    ),
)
