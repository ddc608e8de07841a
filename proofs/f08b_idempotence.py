r"""F08b. Normalizing twice changes nothing at eps = 0, and something known else.

Statement.
    eps = 0: \frac{\tilde{x}_i - \mu_{1}}{\sqrt{v_{1}}} = \tilde{x}_i, if v_{1} > 0
    eps > 0: \frac{(\hat{x}_i - \mu_{2})^2}{\frac{1}{m} \sum_j (\hat{x}_j - \mu_{2})^2 + \epsilon}
        = \frac{(x_i - \mu)^2}{\sigma^2 (\epsilon + 1) + \epsilon^2}
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}
    where \mu_{1} = \frac{1}{m} \sum_i \tilde{x}_i
    where \mu_{2} = \frac{1}{m} \sum_i \hat{x}_i
    where v_{1} = \frac{1}{m} \sum_i (\tilde{x}_i - \mu_{1})^2

Domain.
    m \ge 2, \sigma^2 > 0, \sigma^2 + \epsilon > 0

In words.
    With eps = 0 and var > 0: xhat(xhat(x)) = xhat(x). With eps > 0 the squares satisfy
    xhat(xhat(x))^2 = (x - mu)^2 / (var (1 + eps) + eps^2).

Sketch.
    F08 with gamma = 1, eps_2 = eps.

Source.
    A consequence of F02.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, mu, square, var, x, xhat

theorem = Theorem(
    id="F08b",
    title="Normalizing twice",
    domain="m >= 2, var > 0, var + eps > 0",
    derivations=(
        derive("eps = 0", xhat(xhat(eps=0), eps=0), ("normalized", xhat(eps=0))),
        derive(
            "eps > 0",
            square(xhat() - mean(xhat())) / (var(xhat()) + eps),
            ("normalized", square(xhat()) / (var() / (var() + eps) + eps)),
            ("collect", square(x - mu()) / (var() * (1 + eps) + square(eps))),
        ),
    ),
)
