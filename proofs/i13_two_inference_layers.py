r"""I13. Two inference layers in a row are one affine map.

Statement.
    composition: \frac{\gamma_{2}}{\sqrt{\sigma^2_{2} + \epsilon_{2}}}
        (\frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (x_i - \mu_{run}) + \beta -
        \mathrm{mean}_{2}) + \beta_{2} = \frac{\gamma_{2} \gamma x_i}{\sqrt{\sigma^2_{2} +
        \epsilon_{2}} \sqrt{\sigma^2_{run} + \epsilon}} + \frac{\gamma_{2}}{\sqrt{\sigma^2_{2} +
        \epsilon_{2}}} (\beta - \frac{\gamma \mu_{run}}{\sqrt{\sigma^2_{run} + \epsilon}} -
        \mathrm{mean}_{2}) + \beta_{2}

Domain.
    \sigma^2_{\mathrm{run}} + \epsilon > 0, \sigma^2_{2} > 0, \epsilon_{2} > 0

In words.
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
    domain="running_var + eps > 0, var_2 > 0, eps_2 > 0",
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
