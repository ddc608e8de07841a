r"""F13. No normalized value is larger than sqrt(m - 1).

Statement.
    spread of the others: \sum_i ((1 - \delta_{ij}) (x_i - \mu + \frac{x_j - \mu}{m - 1}))^2 = m
        \sigma^2 - \frac{(x_j - \mu)^2 m}{m - 1}
    xhat^2 (m / (m - 1)) <= m rho: \frac{\hat{x}_j^2 m}{m - 1} \le \frac{m \sigma^2}{\sigma^2 +
        \epsilon}
    rho <= 1: \frac{\sigma^2}{\sigma^2 + \epsilon} \le 1

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    xhat_j^2 <= (m - 1) rho <= m - 1, with rho = var / (var + eps), for m >= 2.

Sketch.
    Let c = x - mu. The other m - 1 deviations sum to -c_j, so their mean is -c_j / (m - 1), and
    the sum of their squared distances from it, which is not negative, is
        m var - c_j^2 m / (m - 1).

Source.
    Samuelson (1968); Thompson (1935). Sharp: attained by one outlier.
"""

from bncheck.symbolic.expression import as_expr, delta, i, j
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, mu, square, total, var, x, xhat

c = x - mu()
rho = var() / (var() + eps)
others = square((1 - delta(i, j)) * (c + c[j] / (m - 1)))

theorem = Theorem(
    id="F13",
    title="A normalized value is at most sqrt(m - 1)",
    kind="inequality",
    domain="m >= 2, var + eps > 0",
    derivations=(
        derive(
            "spread of the others",
            total(others),
            ("expand", m * var() - square(c[j]) * m / (m - 1)),
        ),
    ),
    inequalities=(
        Inequality(
            "xhat^2 (m / (m - 1)) <= m rho",
            square(xhat()[j]) * m / (m - 1),
            m * rho,
            total(others) / (var() + eps),
        ),
        Inequality("rho <= 1", rho, as_expr(1), eps / (var() + eps)),
    ),
)
