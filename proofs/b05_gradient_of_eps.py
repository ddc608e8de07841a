r"""B05. The gradient with respect to eps, and Euler's relation.

Statement.
    gradient of eps: \frac{\partial}{\partial \epsilon} (\sum_i dy_i y_i) = -\frac{\gamma dgamma}{2
        (\sigma^2 + \epsilon)}
    Euler: \sum_i x_i dx_i + 2 \epsilon (\frac{\partial}{\partial \epsilon} (\sum_i dy_i y_i)) = 0

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    dL/deps = -gamma dL/dgamma / (2 (var + eps)), and <x, dL/dx> + 2 eps dL/deps = 0.

Sketch.
    d xhat / d eps = -xhat / (2 (var + eps)) (F24). The loss does not change when x is scaled by k
    and eps by k^2 (F33): Euler's relation for a homogeneous function of degree 0.

Source.
    Own.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    dgamma,
    dx,
    dy,
    eps,
    gamma,
    gradient,
    inner,
    loss,
    var,
    x,
    xhat,
)

theorem = Theorem(
    id="B05",
    title="The gradient of eps, and Euler's relation",
    derivations=(
        derive(
            "gradient of eps",
            gradient(loss(), eps),
            ("power rule", gamma * inner(dy, -xhat() / (2 * (var() + eps)))),
            ("collect", -gamma * dgamma() / (2 * (var() + eps))),
        ),
        derive(
            "Euler",
            inner(x, dx()) + 2 * eps * gradient(loss(), eps),
            ("substitute", gamma * eps / (var() + eps) * (dgamma() - dgamma())),
            ("cancel", 0),
        ),
    ),
)
