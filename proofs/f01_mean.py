r"""F01. The normalized batch has mean 0, the output has mean beta.

Statement.
    mean of xhat: \frac{1}{m} \sum_i \hat{x}_i = 0
    mean of y: \frac{1}{m} \sum_i y_i = \beta

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    mean(xhat) = 0 and mean(y) = beta, for every m >= 1 and eps with var + eps > 0.

Sketch.
    The scale 1 / sqrt(var + eps) does not depend on i, and the deviations from the mean sum to 0.

Source.
    Ioffe and Szegedy (2015), Algorithm 1.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, beta, gamma, mean, mu, std, x, xhat

theorem = Theorem(
    id="F01",
    title="The normalized batch has mean 0, the output mean beta",
    derivations=(
        derive(
            "mean of xhat",
            mean(xhat()),
            ("definition", mean((x - mu()) / std())),
            ("linearity", mean(x - mu()) / std()),
            ("centred", 0),
        ),
        derive(
            "mean of y",
            mean(batchnorm()),
            ("definition", mean(gamma * xhat() + beta)),
            ("linearity", gamma * mean(xhat()) + beta),
            ("normalized", beta),
        ),
    ),
)
