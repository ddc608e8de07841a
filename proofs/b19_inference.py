r"""B19. The gradients in inference.

Statement.
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i (r_i + \beta)) = \frac{\gamma
        dy_j}{\sqrt{\sigma^2_{run} + \epsilon}}
    dgamma: \frac{\partial}{\partial \gamma} (\sum_i dy_i (r_i + \beta)) = \sum_i
        \frac{1}{\sqrt{\sigma^2_{run} + \epsilon}} dy_i (x_i - \mu_{run})
    dbeta: \frac{\partial}{\partial \beta} (\sum_i dy_i (r_i + \beta)) = \sum_i dy_i
    where r_i = \frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (x_i - \mu_{run})

Domain.
    m \ge 1, \sigma^2_{\mathrm{run}} + \epsilon > 0

In words.
    With r = sqrt(running_var + eps): dx = gamma dy / r, dgamma = sum dy (x - running_mean) / r,
    dbeta = sum dy. No value of the batch influences the gradient of another.

Sketch.
    In inference y is an affine function of x with constant coefficients.

Source.
    Ioffe and Szegedy (2015), Algorithm 2.
"""

from bncheck.symbolic.expression import j, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    beta,
    dy,
    eps,
    gamma,
    gradient,
    infer,
    inner,
    running_mean,
    running_var,
    total,
    x,
)

r = sqrt(running_var + eps)
L = inner(dy, infer())

theorem = Theorem(
    id="B19",
    title="The gradients in inference",
    domain="m >= 1, running_var + eps > 0",
    derivations=(
        derive("dx", gradient(L, x, j), ("linearity", gamma * dy[j] / r)),
        derive("dgamma", gradient(L, gamma), ("linearity", inner(dy, (x - running_mean) / r))),
        derive("dbeta", gradient(L, beta), ("linearity", total(dy))),
    ),
)
