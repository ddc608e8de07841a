r"""I01. Inference is affine, and folds into the linear layer before it.

Statement.
    affine: \frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (x_i - \mu_{run}) + \beta =
        \frac{\gamma x_i}{\sqrt{\sigma^2_{run} + \epsilon}} + \beta - \frac{\gamma
        \mu_{run}}{\sqrt{\sigma^2_{run} + \epsilon}}
    folded: \frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (\sum_{c=1}^{d} w_c u_{ic} + b -
        \mu_{run}) + \beta = \sum_{c=1}^{d} \frac{\gamma w_c u_{ic}}{\sqrt{\sigma^2_{run} +
        \epsilon}} + \beta + \frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (b - \mu_{run})

Domain.
    \sigma^2_{\mathrm{run}} + \epsilon > 0

In words.
    With k = gamma / sqrt(running_var + eps): y = k x + (beta - k running_mean), and for
    x = W u + b it is the linear layer with weights k W and bias beta + (b - running_mean) k.

Sketch.
    All statistics are constants.

Source.
    Ioffe and Szegedy (2015), Algorithm 2, line 11.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    beta,
    eps,
    gamma,
    infer,
    preactivation,
    running_mean,
    running_var,
    w,
    x,
)

b = Symbol("b")
slope = gamma / sqrt(running_var + eps)

theorem = Theorem(
    id="I01",
    title="Inference folds into the layer before it",
    domain="running_var + eps > 0",
    derivations=(
        derive("affine", infer(), ("collect", slope * x + (beta - slope * running_mean))),
        derive(
            "folded",
            infer(preactivation() + b),
            ("linearity", preactivation(slope * w) + beta + (b - running_mean) * slope),
        ),
    ),
)
