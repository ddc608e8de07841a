r"""B10. What the Jacobian does to 1, xhat and x.

Statement.
    1: \mathrm{D}_{x_j \to 1} y_i = 0
    xhat: \mathrm{D}_{x_j \to \hat{x}_j} y_i = \frac{\gamma \epsilon \hat{x}_i}{s^3}
    x: \mathrm{D}_{x_j \to x_j} y_i = \frac{\gamma \epsilon \hat{x}_i}{\sigma^2 + \epsilon}
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    J 1 = 0, J xhat = gamma eps / s^3 xhat, J x = gamma eps / s^2 xhat, with s = sqrt(var + eps).

Sketch.
    The directional derivative of y along each of the three: J is the map of the backward pass,
    since it is symmetric (B07, B12).

Source.
    A consequence of B12.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, batchnorm, derivative, eps, gamma, std, x, xhat

theorem = Theorem(
    id="B10",
    title="What the Jacobian does to 1, xhat and x",
    derivations=(
        derive("1", derivative(batchnorm(), x, 1), ("centred", 0)),
        derive(
            "xhat",
            derivative(batchnorm(), x, xhat()),
            ("substitute", backward(xhat())),
            ("normalized", gamma * eps / std() ** 3 * xhat()),
        ),
        derive(
            "x",
            derivative(batchnorm(), x, x),
            ("substitute", backward(x)),
            ("normalized", gamma * eps / std() ** 2 * xhat()),
        ),
    ),
)
