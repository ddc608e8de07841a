"""S02. Averaging the variances of two parts underestimates.

Statement.
    With weights m / (m + n), n / (m + n): var - (weighted mean of the part variances) is the
    weighted mean of (mu_k - mu)^2, which is not negative.

Sketch.
    S01, divided by m + n.

Source.
    Chan, Golub and LeVeque (1983).
"""

from bncheck.symbolic.expression import Element, Index, Named, Sum, Symbol
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import m, mu, square, total, x

a = Index("a", "n")
n = Symbol("n", positive=True)
z = Element("z", (a,))
mu_2 = Named("mu_2", (), Sum(a, z) / n)
both = (total(x) + Sum(a, z)) / (m + n)
whole = (total(square(x - both)) + Sum(a, square(z - both))) / (m + n)
parts = (total(square(x - mu())) + Sum(a, square(z - mu_2))) / (m + n)

theorem = Theorem(
    id="S02",
    title="Averaging part variances underestimates",
    kind="inequality",
    domain="m >= 1, n >= 1",
    derivations=(derive("mean of the whole", total(x - both) + Sum(a, z - both), ("centred", 0)),),
    inequalities=(
        Inequality(
            "variance of the whole",
            parts,
            whole,
            m / (m + n) * square(mu() - both) + n / (m + n) * square(mu_2 - both),
        ),
    ),
)
