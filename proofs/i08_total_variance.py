"""I08. The total variance of a partition into equal batches.

Statement.
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
