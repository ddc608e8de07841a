r"""B04. The input gradient along the input: zero only if eps is.

Statement.
    along xhat: \sum_i dx_i \hat{x}_i = \frac{\gamma \epsilon dgamma}{s^3}
    along x: \sum_i dx_i x_i = \frac{\gamma \epsilon dgamma}{\sigma^2 + \epsilon}
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    sum dL/dx_i xhat_i = gamma eps / (var + eps)^(3/2) dL/dgamma, and
    sum dL/dx_i x_i = gamma eps / (var + eps) dL/dgamma.

Sketch.
    In the compact form, sum (dy - mean dy) xhat = dL/dgamma and sum xhat^2 = m var / (var + eps);
    what is left is 1 - var / (var + eps) = eps / (var + eps).

Source.
    A consequence of B01 and F02.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dgamma,
    dx,
    eps,
    gamma,
    inner,
    mean,
    mu,
    square,
    std,
    var,
    x,
    xhat,
)

theorem = Theorem(
    id="B04",
    title="The input gradient along the input is proportional to eps",
    derivations=(
        derive(
            "along xhat",
            inner(dx(), xhat()),
            ("substitute", inner(backward(), xhat())),
            ("centred", gamma / std() * dgamma() * (1 - mean(square(xhat())))),
            ("normalized", gamma * eps / std() ** 3 * dgamma()),
        ),
        derive(
            "along x",
            inner(dx(), x),
            ("substitute", inner(backward(), x - mu())),
            ("collect", gamma * eps / (var() + eps) * dgamma()),
        ),
    ),
)
