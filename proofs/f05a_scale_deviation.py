r"""F05a. How far batch normalization with a fixed eps is from scale invariance.

Statement.
    mean square: \frac{1}{m} \sum_i (\frac{a x_i - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (a x_j -
        \mu_{1})^2 + \epsilon}} - \frac{|a| \hat{x}_i}{a})^2 = \sigma^2 (\frac{1}{\sqrt{\sigma^2 +
        \frac{\epsilon}{a^2}}} - \frac{1}{s})^2
    where s = \sqrt{\sigma^2 + \epsilon}
    where \mu_{1} = \frac{1}{m} \sum_i a x_i

Domain.
    m \ge 1, a \neq 0, \epsilon > 0

In words.
    For a != 0 the mean square of BN_eps(a x) - sign(a) BN_eps(x), with gamma = 1 and beta = 0,
    is var (1 / sqrt(var + eps / a^2) - 1 / sqrt(var + eps))^2.

Sketch.
    By the scale law (F04) both are multiples of x - mu.

Source.
    A consequence of F04.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, mu, sign, square, std, var, x, xhat

a = Symbol("a")
gap = 1 / std(eps=eps / square(a)) - 1 / std()

theorem = Theorem(
    id="F05a",
    title="Deviation from scale invariance at a fixed eps",
    domain="m >= 1, a != 0, eps > 0",
    derivations=(
        derive(
            "mean square",
            mean(square(xhat(a * x) - sign(a) * xhat())),
            ("substitute", mean(square(sign(a) * (x - mu()) * gap))),
            ("collect", var() * square(gap)),
        ),
    ),
)
