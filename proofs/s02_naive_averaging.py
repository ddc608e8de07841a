r"""S02. Averaging the variances of two parts underestimates.

Statement.
    mean of the whole: \sum_i p_i + \sum_{a=1}^{n} r_a = 0
    variance of the whole: \frac{\sum_i (x_i - \mu)^2 + \sum_{a=1}^{n} (z_a - \frac{1}{n}
        \sum_{i=1}^{n} z_i)^2}{m + n} \le \frac{\sum_i p_i^2 + \sum_{a=1}^{n} r_a^2}{m + n}
    where r_a = z_a - \frac{\sum_i x_i + \sum_{i=1}^{n} z_i}{m + n}
    where p_i = x_i - \frac{\sum_j x_j + \sum_{a=1}^{n} z_a}{m + n}

Domain.
    m \ge 1, n \ge 1

In words.
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
