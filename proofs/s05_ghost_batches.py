"""S05. Ghost batch normalization: each part of the batch is normalized by itself.

Statement.
    For ghosts of m and n values: each has mean 0 and mean square var_k / (var_k + eps) (F01, F02
    for each), and so the whole output has mean 0. It is that of the whole batch if and only if the
    ghosts have equal means and variances, or are constant with equal means.

Sketch.
    Equal statistics are those of the whole, by S01. Conversely, on a ghost with two different
    values the output determines s (F28), and then mu: x_j - s xhat_j. A constant ghost has the
    output 0, which in the whole batch means that its mean is the common one.

Source.
    Hoffer, Hubara and Soudry (2017), arXiv:1705.08741.
"""

from bncheck.symbolic.expression import Element, Index, Named, Sum, Symbol, j, k, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, mu, square, std, total, var, x, xhat

p = Index("p", "n")
n, mean_2, var_2 = Symbol("n", positive=True), Symbol("mu_2"), Symbol("var_2", positive=True)
z = Element("z", (p,))
mu_z = Named("mu_z", (), Sum(p, z) / n)
var_z = Named("var_z", (), Sum(p, square(z - mu_z)) / n)
zhat = (z - mu_z) / sqrt(var_z + eps)


def merged(mean_1, var_1, mean_2, var_2):
    """Return mean and variance of the whole, from those of the ghosts (S01)."""
    gap = square(mean_2 - mean_1) * m * n / square(m + n)
    return (m * mean_1 + n * mean_2) / (m + n), (m * var_1 + n * var_2) / (m + n) + gap


whole = (total(x) + Sum(p, z)) / (m + n)
whole_var = (total(square(x - whole)) + Sum(p, square(z - whole))) / (m + n)

theorem = Theorem(
    id="S05",
    title="Ghost batch normalization",
    domain="m >= 1, n >= 1, var + eps > 0 in each ghost",
    derivations=(
        derive("mean of the output", total(xhat()) + Sum(p, zhat), ("centred", 0)),
        derive(
            "mean square of a ghost",
            Sum(p, square(zhat)) / n,
            ("normalized", var_z / (var_z + eps)),
        ),
        derive("mean of the whole", whole, ("collect", merged(mu(), var(), mu_z, var_z)[0])),
        derive("variance of the whole", whole_var, ("expand", merged(mu(), var(), mu_z, var_z)[1])),
        derive("equal means", merged(mean_2, var_2, mean_2, var_2)[0], ("cancel", mean_2)),
        derive("equal variances", merged(mean_2, var_2, mean_2, var_2)[1], ("cancel", var_2)),
        derive("the output tells s", (x[j] - x[k]), ("collect", std() * (xhat()[j] - xhat()[k]))),
        derive("and the mean", x[j] - std() * xhat()[j], ("cancel", mu())),
    ),
)
