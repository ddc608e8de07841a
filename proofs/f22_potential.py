r"""F22. The normalized batch is the gradient of m sqrt(var + eps).

Statement.
    gradient of the variance: \frac{\partial}{\partial x_j} \sigma^2 = \frac{2}{m} (x_j - \mu)
    gradient of the potential: \frac{\partial}{\partial x_j} (m s) = \hat{x}_j
    symmetry: \frac{\partial}{\partial x_j} \hat{x}_k = \frac{\partial}{\partial x_k} \hat{x}_j
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    d/dx_j of m sqrt(var(x) + eps) is xhat_j. Hence the Jacobian of xhat is a symmetric matrix.

Sketch.
    d var / dx_j = 2 (x_j - mu) / m, and the chain rule.

Source.
    Own; the potential is convex, which makes the Jacobian positive semidefinite.
"""

from bncheck.symbolic.expression import j, k
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import gradient, m, mu, std, var, x, xhat

theorem = Theorem(
    id="F22",
    title="xhat is a gradient",
    derivations=(
        derive(
            "gradient of the variance", gradient(var(), x, j), ("chain rule", 2 * (x[j] - mu()) / m)
        ),
        derive(
            "gradient of the potential",
            gradient(m * std(), x, j),
            ("chain rule", m * gradient(var(), x, j) / (2 * std())),
            ("substitute", (x[j] - mu()) / std()),
            ("definition", xhat()[j]),
        ),
        derive(
            "symmetry",
            gradient(xhat()[k], x, j),
            ("symmetry", gradient(xhat()[j], x, k)),
        ),
    ),
)
