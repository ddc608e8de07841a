"""I13. Two inference layers in a row are one affine map.

Statement.
    With slopes k_1, k_2: the composition has slope k_1 k_2.

Sketch.
    Affine maps compose.

Source.
    Immediate.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import beta, eps, gamma, infer, running_mean, running_var, x

gamma_2, beta_2, mean_2 = (Symbol(name) for name in ("gamma_2", "beta_2", "mean_2"))
var_2, eps_2 = (Symbol(name, positive=True) for name in ("var_2", "eps_2"))
slope = gamma / sqrt(running_var + eps)
slope_2 = gamma_2 / sqrt(var_2 + eps_2)

theorem = Theorem(
    id="I13",
    title="Two inference layers are one affine map",
    derivations=(
        derive(
            "composition",
            gamma_2 * (infer() - mean_2) / sqrt(var_2 + eps_2) + beta_2,
            (
                "expand",
                slope_2 * slope * x + slope_2 * (beta - slope * running_mean - mean_2) + beta_2,
            ),
        ),
    ),
)
