r"""W01. Scaling the weights before batch normalization.

Statement.
    preactivation: g_i = a z_i
    output: \tilde{y}_i = h_i + \beta
    loss: \sum_i dy_i \tilde{y}_i = \sum_i dy_i (h_i + \beta)
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} a w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where \tilde{y}_i = \gamma \frac{g_i - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (g_j - \mu_{1})^2 +
        \epsilon}} + \beta
    where h_i = \frac{\gamma |a| \frac{z_i - \bar{x}}{\sqrt{\frac{1}{m} \sum_j (z_j - \bar{x})^2 +
        \frac{\epsilon}{a^2}}}}{a}

Domain.
    m \ge 1, a \neq 0, \epsilon > 0

In words.
    For a > 0 and every loss of the output: L with eps at a w is L with eps / a^2 at w. For a < 0
    gamma changes its sign too.

Sketch.
    W u scales with w; F04.

Source.
    Ioffe and Szegedy (2015), section 3.3, at eps = 0.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, eps, gamma, loss, preactivation, sign, square, w

a = Symbol("a")
z = preactivation()

theorem = Theorem(
    id="W01",
    title="Scaling the weights scales eps",
    domain="m >= 1, a != 0, eps > 0",
    derivations=(
        derive("preactivation", preactivation(a * w), ("linearity", a * z)),
        derive(
            "output",
            batchnorm(preactivation(a * w)),
            ("substitute", batchnorm(z, gamma=gamma * sign(a), eps=eps / square(a))),
        ),
        derive(
            "loss",
            loss(batchnorm(preactivation(a * w))),
            ("substitute", loss(batchnorm(z, gamma=gamma * sign(a), eps=eps / square(a)))),
        ),
    ),
)
