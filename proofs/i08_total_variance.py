r"""I08. The total variance of a partition into equal batches.

Statement.
    total variance: \frac{1}{n} \sum_{g=1}^{n} \frac{1}{m} \sum_i (x_{i,g} - \frac{1}{n}
        \sum_{j=1}^{n} \bar{x}_j)^2 = \frac{1}{n} \sum_{g=1}^{n} \frac{1}{m} \sum_i (x_{i,g} -
        \bar{x}_g)^2 + \frac{1}{n} \sum_{g=1}^{n} (\bar{x}_g - \frac{1}{n} \sum_{i=1}^{n}
        \bar{x}_i)^2
    where \bar{x}_g = \frac{1}{m} \sum_i x_{i,g}

Domain.
    m \ge 1, n \ge 1

In words.
    For n batches of m values: the variance of all values is the mean of the batch variances plus
    the variance of the batch means.

Sketch.
    Expand the squares; within a batch the deviations from its mean sum to 0.

Source.
    The law of total variance. Averaging batch variances drops the second part.
"""

from bncheck.symbolic.expression import Element, Index, Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import mean, square

g = Index("g", "n")
n = Symbol("n", positive=True)
v = Element("x", (i, g))


def over_batches(values):
    """Return the mean over the batches."""
    return Sum(g, values) / n


all_mean = over_batches(mean(v))
within = over_batches(mean(square(v - mean(v))))
between = over_batches(square(mean(v) - all_mean))

theorem = Theorem(
    id="I08",
    title="The total variance of equal batches",
    domain="m >= 1, n >= 1",
    derivations=(
        derive(
            "total variance", over_batches(mean(square(v - all_mean))), ("expand", within + between)
        ),
    ),
)
