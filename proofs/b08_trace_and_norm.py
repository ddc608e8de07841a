r"""B08. Trace and Frobenius norm of the Jacobian.

Statement.
    trace: \sum_j \sum_i (\frac{\partial}{\partial x_j} y_i) \delta_{ij} = \frac{\gamma}{s} (m -
        \frac{\sigma^2}{\sigma^2 + \epsilon} - 1)
    sum of squares: \sum_j \sum_i (\frac{\gamma q_{ij}}{s})^2 = (\frac{\gamma}{s})^2 (m + (1 -
        \frac{\sigma^2}{\sigma^2 + \epsilon})^2 - 2)
    the entries: \frac{\partial}{\partial x_j} y_i = \frac{\gamma q_{ij}}{s}
    where s = \sqrt{\sigma^2 + \epsilon}
    where q_{ij} = \delta_{ij} - \frac{1}{m} - \frac{\hat{x}_i \hat{x}_j}{m}

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    tr J = gamma / s (m - 1 - rho), and the sum of the squares of all entries is
    (gamma / s)^2 (m - 2 + (1 - rho)^2), with rho = var / (var + eps).

Sketch.
    Sums over the entries of B07, with sum xhat = 0 and sum xhat^2 = m rho. They agree with the
    spectrum: 0 once, gamma / s (1 - rho) once, gamma / s for the other m - 2.

Source.
    A consequence of B07.
"""

from bncheck.symbolic.expression import delta, i, j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    eps,
    gamma,
    gradient,
    m,
    square,
    std,
    total,
    var,
    x,
    xhat,
)

rho = var() / (var() + eps)
entry = gamma / std() * (delta(i, j) - 1 / m - xhat()[i] * xhat()[j] / m)
jacobian = gradient(batchnorm(), x, j)

theorem = Theorem(
    id="B08",
    title="Trace and Frobenius norm of the Jacobian",
    domain="m >= 2, var + eps > 0",
    derivations=(
        derive(
            "trace",
            total(total(jacobian * delta(i, j)), j),
            ("substitute", total(entry[j], j)),
            ("normalized", gamma / std() * (m - 1 - rho)),
        ),
        derive(
            "sum of squares",
            total(total(square(entry)), j),
            ("expand", square(gamma / std()) * (m - 2 + square(1 - rho))),
        ),
        derive("the entries", jacobian, ("substitute", entry)),
    ),
)
