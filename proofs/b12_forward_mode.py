r"""B12. Forward mode equals reverse mode.

Statement.
    along t: \mathrm{D}_{x_j \to t_j} y_i = \frac{\partial}{\partial x_i} (\sum_j t_j y_j)

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    The derivative of y along a tangent t is gamma / s (t - mean t - xhat mean(t xhat)): the same
    map that the backward pass applies to a cotangent.

Sketch.
    The Jacobian is symmetric (B07).

Source.
    A consequence of B07.
"""

from bncheck.symbolic.expression import vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, batchnorm, derivative, dx, gamma, mean, mu, std, x

t = vector("t")

theorem = Theorem(
    id="B12",
    title="Forward mode equals reverse mode",
    derivations=(
        derive(
            "along t",
            derivative(batchnorm(), x, t),
            (
                "product rule",
                gamma / std() * (t - mean(t))
                - gamma * (x - mu()) / std() ** 3 * mean((x - mu()) * t),
            ),
            ("collect", backward(t)),
            ("substitute", dx(t)),
        ),
    ),
)
