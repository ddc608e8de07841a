r"""F15. The skewness and the kurtosis of a normalized batch are bounded by its size.

Statement.
    third moment with eps: \frac{1}{m} \sum_i \hat{x}_i^3 = \frac{(\frac{\sqrt{\sigma^2}}{s})^3}{m}
        \sum_i \tilde{x}_i^3
    the other sign: \frac{1}{m} \sum_i (\frac{-x_i - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (-x_j -
        \mu_{1})^2}})^3 = -r
    skewness: r \le \frac{m - 2}{\sqrt{m - 1}}
    kurtosis, from above: \frac{1}{m} (m - 1) \sum_i \hat{x}_i^4 \le (m^2 - 3 m + 3)
        (\frac{\sigma^2}{\sigma^2 + \epsilon})^2
    kurtosis, from below: r^2 + 1 \le \frac{1}{m} \sum_i \tilde{x}_i^4
    where s = \sqrt{\sigma^2 + \epsilon}
    where \mu_{1} = \frac{1}{m} \sum_i (-x_i)
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}
    where r = \frac{1}{m} \sum_i \tilde{x}_i^3

Domain.
    m \ge 2, \sigma^2 > 0, \sigma^2 + \epsilon > 0

In words.
    With rho = var / (var + eps) and m >= 2:
        |mean(xhat^3)| <= rho^(3/2) (m - 2) / sqrt(m - 1),
        (m - 1) mean(xhat^4) <= (m^2 - 3 m + 3) rho^2, and
        mean(xhat^4) >= 1 + mean(xhat^3)^2 at eps = 0.

Sketch.
    At eps = 0 let b = sqrt(m - 1), z = xhat. b - z >= 0 (F13), so mean((b - z)(z + 1/b)^2) >= 0,
    which is b - 1/b - mean(z^3); and b - z = ((b - z)^2 + b^2 - z^2) / (2 b), where b^2 - z^2 is
    the sum of squares of F13. The other sign is that of -x. For the kurtosis, the sum of
    (z_i - z_j)^2 (z_k - z_l)^2 over four different places is
    4 (m^2 - 3 m + 3)(sum z^2)^2 - 4 m (m - 1) sum z^4. The lower bound is
    mean((z^2 - 1 - mean(z^3) z)^2) >= 0. Another eps scales z by sqrt(rho) (F24).

Source.
    Pearson (1916) for the lower bound; the others are attained by one outlier.
"""

from bncheck.symbolic.expression import Index, delta, i, j, k, sqrt
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, mean, square, std, total, var, x, xhat

last = Index("l")
z = xhat(eps=0)
rho = var() / (var() + eps)
b = sqrt(m - 1)
others = (m - 1) / m * total(square((1 - delta(i, j)) * (z + z[j] / (m - 1))))  # b^2 - z_j^2
below = (square(b - z[j]) + others) / (2 * b)  # b - z_j

c = x - mean(x)
apart = (1 - delta(i, k)) * (1 - delta(i, last)) * (1 - delta(j, k)) * (1 - delta(j, last))
places = square(apart) * square(c - c[j]) * square(c[k] - c[last])
four = total(total(total(total(places), j), k), last)

theorem = Theorem(
    id="F15",
    title="Skewness and kurtosis of a normalized batch",
    kind="inequality",
    domain="m >= 2, var > 0, var + eps > 0",
    derivations=(
        derive(
            "third moment with eps",
            mean(xhat() ** 3),
            ("collect", (std(eps=0) / std()) ** 3 * mean(z**3)),
        ),
        derive("the other sign", mean(xhat(-x, 0) ** 3), ("linearity", -mean(z**3))),
    ),
    inequalities=(
        Inequality(
            "skewness",
            mean(z**3),
            (m - 2) / b,
            mean(below * square(z[j] + 1 / b), j),
        ),
        Inequality(
            "kurtosis, from above",
            (m - 1) * mean(xhat() ** 4),
            (m**2 - 3 * m + 3) * square(rho),
            four / (4 * square(m) * square(var() + eps)),
        ),
        Inequality(
            "kurtosis, from below",
            1 + square(mean(z**3)),
            mean(z**4),
            mean(square(square(z) - 1 - mean(z**3) * z)),
        ),
    ),
)
