r"""B17. The gradient of a constant channel.

Statement.
    dx: \frac{\gamma}{\sqrt{v_{1} + \epsilon}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{x}}{m} \sum_j dy_j \tilde{x}) = \frac{\gamma}{\sqrt{\epsilon}} (dy_i -
        \frac{1}{m} \sum_j dy_j)
    dgamma: \sum_i dy_i \tilde{x} = 0
    dx of the linear part: \frac{\gamma}{s} (dy_i - \frac{1}{m} \sum_j dy_j - \frac{\hat{x}_i}{m}
        \sum_j dy_j \hat{x}_j) = dx_i
    where s = \sqrt{\sigma^2 + \epsilon}
    where \mu_{1} = \frac{1}{m} \sum_i c
    where v_{1} = \frac{1}{m} \sum_i (c - \mu_{1})^2
    where \tilde{x} = \frac{c - \mu_{1}}{\sqrt{v_{1} + \epsilon}}

Domain.
    m \ge 1, \epsilon > 0

In words.
    If x is constant and eps > 0: dx = gamma / sqrt(eps) (dy - mean dy) and dgamma = 0.

Sketch.
    xhat = 0 and var = 0 in the compact form (B01).

Source.
    A consequence of B01.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dx, dy, eps, gamma, inner, mean, x, xhat

c = Symbol("c")
constant = c + 0 * x

theorem = Theorem(
    id="B17",
    title="The gradient of a constant channel",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("dx", backward(dy, constant), ("cancel", gamma / sqrt(eps) * (dy - mean(dy)))),
        derive("dgamma", inner(dy, xhat(constant)), ("cancel", 0)),
        derive("dx of the linear part", backward(dy, x), ("definition", dx())),
    ),
)
