r"""B13. The backward pass is self-adjoint, and never opposes the cotangent.

Statement.
    self-adjoint: \sum_i (\frac{\partial}{\partial x_i} (\sum_j a_j y_j)) b_i = \sum_i a_i
        (\frac{\partial}{\partial x_i} (\sum_j b_j y_j))
    closed form: dx_i = \frac{\gamma p_i}{s}
    never against the cotangent, gamma >= 0: 0 \le \sum_i \frac{1}{s} dy_i \gamma p_i, if \gamma >
        0
    where s = \sqrt{\sigma^2 + \epsilon}
    where p_i = dy_i - \frac{1}{m} \sum_j dy_j - \frac{\hat{x}_i}{m} \sum_j dy_j \hat{x}_j

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    <J a, b> = <a, J b>, and for gamma >= 0: <dy, dx> >= 0.

Sketch.
    With q = mean(dy xhat) and rho = var / (var + eps): s / gamma <dy, dx> is the squared norm of
    dy - mean dy - q xhat plus m q^2 eps / (var + eps), both not negative.

Source.
    Own.
"""

from bncheck.symbolic.expression import Symbol, as_expr, vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dx,
    dy,
    eps,
    inner,
    m,
    mean,
    square,
    std,
    total,
    var,
    xhat,
)

a, b = vector("a"), vector("b")
slope = Symbol("gamma", positive=True)
q = mean(dy * xhat())
form = slope / std() * (dy - mean(dy) - xhat() * q)

theorem = Theorem(
    id="B13",
    title="Self-adjoint and positive semidefinite",
    kind="inequality",
    derivations=(
        derive("self-adjoint", inner(dx(a), b), ("symmetry", inner(a, dx(b)))),
        derive("closed form", dx(), ("substitute", backward())),
    ),
    inequalities=(
        Inequality(
            "never against the cotangent, gamma >= 0",
            as_expr(0),
            inner(dy, form),
            slope
            / std()
            * (total(square(dy - mean(dy) - q * xhat())) + m * square(q) * eps / (var() + eps)),
        ),
    ),
)
