r"""B07. The Jacobian of batch normalization, and its spectrum.

Statement.
    entries: \frac{\partial}{\partial x_j} y_k = \frac{\gamma}{s} (\delta_{jk} - \frac{1}{m} -
        \frac{\hat{x}_k \hat{x}_j}{m})
    symmetric: \frac{\partial}{\partial x_j} y_k = \frac{\partial}{\partial x_k} y_j
    on 1: \mathrm{D}_{x_j \to 1} y_i = 0
    on xhat: \mathrm{D}_{x_j \to \hat{x}_j} y_i = \frac{\gamma \epsilon \hat{x}_i}{s^3}
    on the rest: \mathrm{D}_{x_j \to h_j} y_i = \frac{\gamma h_i}{s}
    where s = \sqrt{\sigma^2 + \epsilon}
    where h_i = v_i - \frac{1}{m} \sum_j v_j - \frac{\hat{x}_i}{m \frac{\sigma^2}{\sigma^2 +
        \epsilon}} \sum_j v_j \hat{x}_j

Domain.
    m \ge 2, \sigma^2 > 0, \sigma^2 + \epsilon > 0

In words.
    J_kj = dy_k/dx_j = gamma / s (delta_kj - 1/m - xhat_k xhat_j / m), a symmetric matrix. It maps
    1 to 0, xhat to gamma eps / s^3 xhat, and P v to gamma / s P v for every v, where
    P v = v - mean(v) - xhat mean(v xhat) / rho takes out the parts along 1 and xhat.

Sketch.
    Differentiate xhat_k along the j-th unit vector. The three eigenspaces span everything.

Source.
    The case eps = 0 is Santurkar et al. (2018), appendix C.
"""

from bncheck.symbolic.expression import delta, j, k, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    derivative,
    eps,
    gamma,
    gradient,
    m,
    mean,
    mu,
    std,
    var,
    x,
    xhat,
)

v = vector("v")
rho = var() / (var() + eps)
rest = v - mean(v) - xhat() * mean(v * xhat()) / rho


def jacobian(direction):
    """Return J applied to a direction, as the derivative that it is."""
    return derivative(batchnorm(), x, direction)


theorem = Theorem(
    id="B07",
    title="The Jacobian and its spectrum",
    domain="m >= 2, var > 0, var + eps > 0",
    derivations=(
        derive(
            "entries",
            gradient(batchnorm()[k], x, j),
            (
                "chain rule",
                gamma / std() * (delta(j, k) - 1 / m)
                - gamma * (x[k] - mu()) / std() ** 3 * (x[j] - mu()) / m,
            ),
            ("collect", gamma / std() * (delta(j, k) - 1 / m - xhat()[k] * xhat()[j] / m)),
        ),
        derive(
            "symmetric",
            gradient(batchnorm()[k], x, j),
            ("symmetry", gradient(batchnorm()[j], x, k)),
        ),
        derive("on 1", jacobian(1), ("centred", 0)),
        derive("on xhat", jacobian(xhat()), ("normalized", gamma * eps / std() ** 3 * xhat())),
        derive("on the rest", jacobian(rest), ("collect", gamma / std() * rest)),
    ),
)
