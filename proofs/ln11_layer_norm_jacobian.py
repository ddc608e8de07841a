r"""LN11. Layer normalization: gamma in front in forward mode, inside in reverse.

Statement.
    Jacobian of xhat: \frac{\partial}{\partial x_j} \hat{x}_k = \frac{1}{s} (\delta_{jk} -
        \frac{1}{m} - \frac{\hat{x}_j \hat{x}_k}{m})
    forward mode: \mathrm{D}_{x_i \to v_i} (\gamma_i \hat{x}_i + \beta_i) = \frac{\gamma_i}{s}
        (v_i - \frac{1}{m} \sum_j v_j - \frac{\hat{x}_i}{m} \sum_j v_j \hat{x}_j)
    adjoint: \sum_i \frac{u_i \gamma_i}{s} (v_i - \frac{1}{m} \sum_j v_j - \frac{\hat{x}_i}{m}
        \sum_j v_j \hat{x}_j) = \sum_i \frac{v_i}{s} (\gamma_i u_i - \frac{1}{m} \sum_j \gamma_j
        u_j - \frac{\hat{x}_i}{m} \sum_j \gamma_j u_j \hat{x}_j)
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    With the symmetric J = (I - 1 1' / m - xhat xhat' / m) / s: forward mode along v gives gamma J
    v, reverse mode for u gives J (gamma u). They agree as <u, gamma J v> = <J (gamma u), v>, and
    are the same map only where gamma does not vary.

Sketch.
    J is the Jacobian of xhat (B07 with gamma = 1), and the output multiplies it by a diagonal
    matrix from the left.

Source.
    A consequence of B07.
"""

from bncheck.symbolic.expression import delta, j, k, vector
from bncheck.symbolic.relatives import gammas, layer_backward, layernorm, s
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, gradient, inner, m, x, xhat

u, v = vector("u"), vector("v")

theorem = Theorem(
    id="LN11",
    title="Layer normalization: gamma in front in forward mode, inside in reverse",
    derivations=(
        derive(
            "Jacobian of xhat",
            gradient(xhat()[k], x, j),
            ("chain rule", (delta(j, k) - 1 / m - xhat()[j] * xhat()[k] / m) / s()),
        ),
        derive(
            "forward mode", derivative(layernorm(), x, v), ("linearity", gammas * layer_backward(v))
        ),
        derive(
            "adjoint",
            inner(u, gammas * layer_backward(v)),
            ("symmetry", inner(layer_backward(gammas * u), v)),
        ),
    ),
)
