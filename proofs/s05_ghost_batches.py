r"""S05. Ghost batch normalization: each part of the batch is normalized by itself.

Statement.
    mean of the output: \sum_i \hat{x}_i + \sum_{p=1}^{n} v_p = 0
    mean square of a ghost: \frac{1}{n} \sum_{p=1}^{n} v_p^2 = \frac{\frac{r}{n}}{\frac{r}{n} +
        \epsilon}
    mean of the whole: \frac{\sum_i x_i + \sum_{p=1}^{n} z_p}{m + n} = \frac{m \mu + n \bar{z}}{m +
        n}
    variance of the whole: \frac{\sum_i (x_i - \frac{\sum_j x_j + \sum_{p=1}^{n} z_p}{m + n})^2 +
        \sum_{p=1}^{n} (z_p - \frac{\sum_i x_i + \sum_{i=1}^{n} z_i}{m + n})^2}{m + n} = \frac{m
        \sigma^2 + n \frac{r}{n}}{m + n} + \frac{(\bar{z} - \mu)^2 m n}{(m + n)^2}
    equal means: \frac{m \mu_{2} + n \mu_{2}}{m + n} = \mu_{2}
    equal variances: \frac{m \sigma^2_{2} + n \sigma^2_{2}}{m + n} + \frac{(\mu_{2} - \mu_{2})^2 m
        n}{(m + n)^2} = \sigma^2_{2}, if \sigma^2_{2} > 0
    the output tells s: x_j - x_k = s (\hat{x}_j - \hat{x}_k)
    and the mean: x_j - s \hat{x}_j = \mu
    where s = \sqrt{\sigma^2 + \epsilon}
    where \bar{z} = \frac{1}{n} \sum_{p=1}^{n} z_p
    where r = \sum_{p=1}^{n} (z_p - \bar{z})^2
    where v_p = \frac{z_p - \bar{z}}{\sqrt{\frac{r}{n} + \epsilon}}

Domain.
    m \ge 1, n \ge 1, \epsilon > 0

In words.
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
    domain="m >= 1, n >= 1, eps > 0",
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
