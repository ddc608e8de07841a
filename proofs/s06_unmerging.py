r"""S06. Taking a part out again.

Statement.
    mean: \frac{\frac{1}{m + n} (m + n) (\sum_i x_i + \sum_{a=1}^{n} z_a) - m \mu}{n} = \bar{z}
    squared deviations: \sum_i (x_i - \frac{\sum_j x_j + \sum_{a=1}^{n} z_a}{m + n})^2 +
        \sum_{a=1}^{n} (z_a - \frac{\sum_i x_i + \sum_{i=1}^{n} z_i}{m + n})^2 - \sum_i (x_i -
        \mu)^2 - \frac{(\bar{z} - \mu)^2 m n}{m + n} = \sum_{a=1}^{n} (z_a - \bar{z})^2
    where \bar{z} = \frac{1}{n} \sum_{a=1}^{n} z_a

Domain.
    m \ge 1, n \ge 1

In words.
    From the whole (mean mu, squared deviations M, m + n values) and one part (mu_1, M_1, m): the
    other part has mean ((m + n) mu - m mu_1) / n and
    M_2 = M - M_1 - (mu_2 - mu_1)^2 m n / (m + n).

Sketch.
    S01, solved.

Source.
    A consequence of S01.
"""

from bncheck.symbolic.expression import Element, Index, Named, Sum, Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mu, square, total, x

a = Index("a", "n")
n = Symbol("n", positive=True)
z = Element("z", (a,))
mu_2 = Named("mu_2", (), Sum(a, z) / n)
both = (total(x) + Sum(a, z)) / (m + n)
M = total(square(x - both)) + Sum(a, square(z - both))

theorem = Theorem(
    id="S06",
    title="Taking a part out again",
    domain="m >= 1, n >= 1",
    derivations=(
        derive("mean", ((m + n) * both - m * mu()) / n, ("cancel", mu_2)),
        derive(
            "squared deviations",
            M - total(square(x - mu())) - square(mu_2 - mu()) * m * n / (m + n),
            ("expand", Sum(a, square(z - mu_2))),
        ),
    ),
)
