r"""F02. The variance of the normalized batch is var / (var + eps), not 1.

Statement.
    variance of xhat: \frac{1}{m} \sum_i (\hat{x}_i - \frac{1}{m} \sum_j \hat{x}_j)^2 =
        \frac{\sigma^2}{\sigma^2 + \epsilon}
    sum of squares: \sum_i \hat{x}_i^2 = \frac{m \sigma^2}{\sigma^2 + \epsilon}
    inner product with x: \sum_i x_i \hat{x}_i = \frac{m \sigma^2}{s}
    variance of y: \frac{1}{m} \sum_i (y_i - \frac{1}{m} \sum_j y_j)^2 = \frac{\gamma^2
        \sigma^2}{\sigma^2 + \epsilon}
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    With rho = var / (var + eps): the biased variance of xhat is rho, sum xhat^2 = m rho,
    sum x xhat = m var / sqrt(var + eps), and the variance of y is gamma^2 rho.

Sketch.
    xhat is x - mu times a constant, so its variance is var times the constant squared.

Source.
    Ioffe and Szegedy (2015), Algorithm 1, say 1, which needs eps = 0.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    eps,
    gamma,
    inner,
    m,
    mean,
    mu,
    square,
    std,
    total,
    var,
    x,
    xhat,
)

rho = var() / (var() + eps)

theorem = Theorem(
    id="F02",
    title="The normalized batch has variance var / (var + eps)",
    derivations=(
        derive(
            "variance of xhat",
            var(xhat()),
            ("definition", mean(square(xhat() - mean(xhat())))),
            ("centred", mean(square(xhat()))),
            ("linearity", mean(square(x - mu())) / (var() + eps)),
            ("definition", rho),
        ),
        derive("sum of squares", total(square(xhat())), ("normalized", m * rho)),
        derive(
            "inner product with x",
            inner(x, xhat()),
            ("centred", inner(x - mu(), xhat())),
            ("collect", m * var() / std()),
        ),
        derive("variance of y", var(batchnorm()), ("linearity", square(gamma) * rho)),
    ),
)
