r"""B02. The second term of dL/dmu is zero.

Statement.
    second term: \frac{1}{m} dvar \sum_i (-2 (x_i - \mu)) = 0

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    dL/dvar sum_i (-2)(x_i - mu) / m = 0, so implementations with and without it agree.

Sketch.
    The deviations from the mean sum to 0.

Source.
    Ioffe and Szegedy (2015): version 1 of the preprint omits the term, later ones print it.
"""

from bncheck.symbolic.expression import Named
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import gradient, loss, m, mu, total, var, x

dvar = Named("dvar", (), gradient(loss(), var()))

theorem = Theorem(
    id="B02",
    title="The second term of dL/dmu vanishes",
    derivations=(
        derive(
            "second term",
            dvar * total(-2 * (x - mu())) / m,
            ("linearity", -2 * dvar * total(x - mu()) / m),
            ("centred", 0),
        ),
    ),
)
