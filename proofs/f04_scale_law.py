r"""F04. The exact scale law, with eps / a^2 and the sign of a.

Statement.
    variance: \frac{r}{m} = a^2 \sigma^2
    deviation: \sqrt{\frac{r}{m} + \epsilon} = |a| \sqrt{\sigma^2 + \frac{\epsilon}{a^2}}
    output: \gamma \frac{a x_i + c - \mu_{2}}{\sqrt{\frac{r}{m} + \epsilon}} + \beta = \frac{\gamma
        |a| \frac{x_i - \mu}{\sqrt{\sigma^2 + \frac{\epsilon}{a^2}}}}{a} + \beta
    a = 0: \gamma \frac{c - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (c - \mu_{1})^2 + \epsilon}} + \beta
        = \beta
    where \mu_{1} = \frac{1}{m} \sum_i c
    where \mu_{2} = \frac{1}{m} \sum_i (a x_i + c)
    where r = \sum_i (a x_i + c - \mu_{2})^2

Domain.
    m \ge 1, a \neq 0, \sigma^2 + \epsilon / a ^2 > 0

In words.
    For a != 0: BN_eps(a x + c) = BN_{eps / a^2}(x) with gamma replaced by sign(a) gamma.
    For a = 0 the output is beta.

Sketch.
    var(a x + c) + eps = a^2 (var(x) + eps / a^2), whose positive root has the factor |a|, while
    the deviations have the factor a. What remains is a / |a| = sign(a).

Source.
    Ioffe and Szegedy (2015), section 3.3, print BN((aW)u) = BN(Wu): the case eps = 0, a > 0.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    absolute,
    batchnorm,
    beta,
    eps,
    gamma,
    mu,
    sign,
    square,
    std,
    var,
    x,
    xhat,
)

a, c = Symbol("a"), Symbol("c")

theorem = Theorem(
    id="F04",
    title="Scaling the batch scales eps and keeps only the sign",
    domain="m >= 1, a != 0, var + eps / a^2 > 0",
    derivations=(
        derive("variance", var(a * x + c), ("linearity", square(a) * var())),
        derive(
            "deviation",
            std(a * x + c),
            ("substitute", sqrt(square(a) * (var() + eps / square(a)))),
            ("root", absolute(a) * std(eps=eps / square(a))),
        ),
        derive(
            "output",
            batchnorm(a * x + c),
            (
                "substitute",
                gamma * a * (x - mu()) / (absolute(a) * std(eps=eps / square(a))) + beta,
            ),
            ("collect", gamma * sign(a) * xhat(eps=eps / square(a)) + beta),
            ("definition", batchnorm(gamma=gamma * sign(a), eps=eps / square(a))),
        ),
        derive("a = 0", batchnorm(0 * x + c), ("cancel", beta)),
    ),
)
