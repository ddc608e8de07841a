r"""F31. The regression line of y on x is exact.

Statement.
    slope: \mathrm{cov} = \frac{\gamma \sigma^2}{s}
    intercept: \frac{1}{m} \sum_i y_i - \frac{\gamma \mu}{s} = \beta - \frac{\gamma \mu}{s}
    R squared: \mathrm{cov}^2 = \sigma^2 (\frac{1}{m} \sum_i (y_i - \frac{1}{m} \sum_j y_j)^2)
    where s = \sqrt{\sigma^2 + \epsilon}
    where \mathrm{cov} = \frac{1}{m} \sum_i (x_i - \mu) (y_i - \frac{1}{m} \sum_j y_j)

Domain.
    m \ge 2, \sigma^2 > 0, \sigma^2 + \epsilon > 0

In words.
    cov(x, y) = (gamma / s) var, so the slope is gamma / s with s = sqrt(var + eps), the intercept
    is beta - gamma mu / s, and the squared covariance is var(x) var(y): R^2 = 1.

Sketch.
    y is an affine function of x within the batch (F19).

Source.
    Immediate.
"""

from bncheck.symbolic.expression import Named
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, beta, gamma, mean, mu, square, std, var, x

y = batchnorm()
cov = Named("cov", (), mean((x - mu()) * (y - mean(y))))

theorem = Theorem(
    id="F31",
    title="The regression of y on x is exact",
    domain="m >= 2, var > 0, var + eps > 0",
    derivations=(
        derive("slope", cov, ("linearity", gamma / std() * var())),
        derive(
            "intercept", mean(y) - gamma / std() * mu(), ("normalized", beta - gamma * mu() / std())
        ),
        derive("R squared", square(cov), ("substitute", var() * var(y))),
    ),
)
