"""S01. Merging the statistics of two parts.

Statement.
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
