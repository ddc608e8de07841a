r"""B14. A constant, or a multiple of xhat, added to the cotangent.

Statement.
    constant, dx: \frac{\partial}{\partial x_i} (\sum_j (dy_j + c) y_j) = dx_i
    constant, dgamma: \frac{\partial}{\partial \gamma} (\sum_i (dy_i + c) y_i) = dgamma
    constant, dbeta: \frac{\partial}{\partial \beta} (\sum_i (dy_i + c) y_i) = dbeta + m c
    xhat, dx: \frac{\gamma}{s} (dy_i + k \hat{x}_i - \frac{1}{m} \sum_j (dy_j + k \hat{x}_j) -
        \frac{\hat{x}_i}{m} \sum_j r_j) = \frac{\gamma}{s} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\hat{x}_i}{m} \sum_j dy_j \hat{x}_j) + \frac{k \gamma \epsilon \hat{x}_i}{s^3}
    xhat, dgamma: \sum_i r_i = \sum_i dy_i \hat{x}_i + \frac{k m \sigma^2}{\sigma^2 + \epsilon}
    where s = \sqrt{\sigma^2 + \epsilon}
    where r_i = (dy_i + k \hat{x}_i) \hat{x}_i

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    dy + c leaves dx and dgamma and adds m c to dbeta. dy + k xhat adds k gamma eps / s^3 xhat to
    dx and k m rho to dgamma, with rho = var / (var + eps).

Sketch.
    Linearity (B06) and the probes (B10).

Source.
    A consequence of B06 and B10.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dbeta,
    dgamma,
    dx,
    dy,
    eps,
    gamma,
    inner,
    m,
    std,
    var,
    xhat,
)

c, k = Symbol("c"), Symbol("k")
shifted, tilted = dy + c, dy + k * xhat()

theorem = Theorem(
    id="B14",
    title="Parts of the cotangent that are lost",
    derivations=(
        derive("constant, dx", dx(shifted), ("centred", dx())),
        derive("constant, dgamma", dgamma(shifted), ("normalized", dgamma())),
        derive("constant, dbeta", dbeta(shifted), ("linearity", dbeta() + m * c)),
        derive(
            "xhat, dx",
            backward(tilted),
            ("normalized", backward() + k * gamma * eps / std() ** 3 * xhat()),
        ),
        derive(
            "xhat, dgamma",
            inner(tilted, xhat()),
            ("normalized", inner(dy, xhat()) + k * m * var() / (var() + eps)),
        ),
    ),
)
