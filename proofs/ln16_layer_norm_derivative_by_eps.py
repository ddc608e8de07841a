r"""LN16. Layer normalization: the derivative of the output by eps.

Statement.
    by eps: \frac{\partial}{\partial \epsilon} (\gamma_i \hat{x}_i + \beta_i) = -\frac{\gamma_i
        \hat{x}_i}{2 (\sigma^2 + \epsilon)}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    d/d eps of gamma xhat + beta is -gamma xhat / (2 (var + eps)): the smaller the variance of the
    row, the more it matters whether eps is 1e-5 or 1e-6.

Sketch.
    eps occurs in the root alone.

Source.
    A consequence of B05, feature by feature.
"""

from bncheck.symbolic.relatives import gammas, layernorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, eps, var, xhat

theorem = Theorem(
    id="LN16",
    title="Layer normalization: the derivative of the output by eps",
    derivations=(
        derive(
            "by eps",
            derivative(layernorm(), eps, 1),
            ("power rule", -gammas * xhat() / (2 * (var() + eps))),
        ),
    ),
)
