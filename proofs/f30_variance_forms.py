"""F30. Three ways to write the variance.

Statement.
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
