r"""F07. Which gamma and beta give the identity.

Statement.
    training: s \hat{x}_i + \mu = x_i
    inference: \frac{\sqrt{\sigma^2_{run} + \epsilon}}{\sqrt{\sigma^2_{run} + \epsilon}} (x_i -
        \mu_{run}) + \mu_{run} = x_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    gamma = sqrt(var + eps), beta = mu give y = x (not gamma = sqrt(var), unless eps = 0).
    In inference gamma = sqrt(running_var + eps), beta = running_mean give y = x.

Sketch.
    The scale cancels and the mean is added back.

Source.
    Ioffe and Szegedy (2015), section 3, before Algorithm 1, where eps is left out.
"""

from bncheck.symbolic.expression import sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, eps, infer, mu, running_mean, running_var, std, x

theorem = Theorem(
    id="F07",
    title="gamma = sqrt(var + eps) and beta = mu recover the input",
    derivations=(
        derive(
            "training",
            batchnorm(gamma=std(), beta=mu()),
            ("definition", std() * ((x - mu()) / std()) + mu()),
            ("cancel", x),
        ),
        derive(
            "inference",
            infer(gamma=sqrt(running_var + eps), beta=running_mean),
            ("cancel", x),
        ),
    ),
)
