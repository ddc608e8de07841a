r"""S01. Merging the statistics of two parts.

Statement.
    mean: \frac{\sum_i x_i + \sum_{a=1}^{n} z_a}{m + n} = \mu + \frac{n}{m + n} (\bar{z} - \mu)
    squared deviations: \sum_i (x_i - \frac{\sum_j x_j + \sum_{a=1}^{n} z_a}{m + n})^2 +
        \sum_{a=1}^{n} (z_a - \frac{\sum_i x_i + \sum_{i=1}^{n} z_i}{m + n})^2 = \sum_i (x_i -
        \mu)^2 + \sum_{a=1}^{n} (z_a - \bar{z})^2 + \frac{(\bar{z} - \mu)^2 m n}{m + n}
    where \bar{z} = \frac{1}{n} \sum_{a=1}^{n} z_a

Domain.
    m \ge 1, n \ge 1

In words.
    For parts of m and n values with means mu_1, mu_2 and sums of squared deviations M_1, M_2, and
    with d = mu_2 - mu_1: the whole has mean mu_1 + d n / (m + n) and
    M = M_1 + M_2 + d^2 m n / (m + n).

Sketch.
    Expand the squared deviations from the common mean.

Source.
    Chan, Golub and LeVeque (1983).
"""

from bncheck.symbolic.expression import Element, Index, Named, Sum, Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mu, square, total, x

a = Index("a", "n")
n = Symbol("n", positive=True)
z = Element("z", (a,))
mu_2 = Named("mu_2", (), Sum(a, z) / n)
M_1, M_2 = total(square(x - mu())), Sum(a, square(z - mu_2))
d = mu_2 - mu()
both = (total(x) + Sum(a, z)) / (m + n)

theorem = Theorem(
    id="S01",
    title="Merging the statistics of two parts",
    domain="m >= 1, n >= 1",
    derivations=(
        derive(
            "mean",
            both,
            ("substitute", (m * mu() + n * mu_2) / (m + n)),
            ("collect", mu() + d * n / (m + n)),
        ),
        derive(
            "squared deviations",
            total(square(x - both)) + Sum(a, square(z - both)),
            ("expand", M_1 + M_2 + square(d) * m * n / (m + n)),
        ),
    ),
)
