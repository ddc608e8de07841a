r"""B06. The backward pass is linear in the cotangent.

Statement.
    dx: \frac{\partial}{\partial x_i} (\sum_j (dy_j + t g_j) y_j) = dx_i + t
        (\frac{\partial}{\partial x_i} (\sum_j g_j y_j))
    dgamma: \frac{\partial}{\partial \gamma} (\sum_i (dy_i + t g_i) y_i) = dgamma + t
        (\frac{\partial}{\partial \gamma} (\sum_i g_i y_i))
    dbeta: \frac{\partial}{\partial \beta} (\sum_i (dy_i + t g_i) y_i) = dbeta + t
        (\frac{\partial}{\partial \beta} (\sum_i g_i y_i))

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    dx, dgamma, dbeta of dy + t g are those of dy plus t times those of g.

Sketch.
    The loss <dy, y> is linear in dy, and so are its derivatives.

Source.
    Immediate.
"""

from bncheck.symbolic.expression import Symbol, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dbeta, dgamma, dx, dy

t, g = Symbol("t"), vector("g")
both = dy + t * g

theorem = Theorem(
    id="B06",
    title="Linear in the cotangent",
    derivations=(
        derive("dx", dx(both), ("linearity", dx() + t * dx(g))),
        derive("dgamma", dgamma(both), ("linearity", dgamma() + t * dgamma(g))),
        derive("dbeta", dbeta(both), ("linearity", dbeta() + t * dbeta(g))),
    ),
)
