r"""F33. Scaling x by k > 0 and eps by k^2 together changes nothing.

Statement.
    radicand: \frac{r}{m} + k^2 \epsilon = k^2 (\sigma^2 + \epsilon)
    output: \gamma \frac{k x_i - \mu_{1}}{\sqrt{\frac{r}{m} + k^2 \epsilon}} + \beta = y_i
    where \mu_{1} = \frac{1}{m} \sum_i k x_i
    where r = \sum_i (k x_i - \mu_{1})^2

Domain.
    m \ge 1, k > 0, \sigma^2 + \epsilon > 0

In words.
    BN with eps k^2 of k x equals BN with eps of x, for k > 0.

Sketch.
    F04, read the other way.

Source.
    A consequence of F04.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, eps, square, var, x

k = Symbol("k", positive=True)

theorem = Theorem(
    id="F33",
    title="x and sqrt(eps) scale together",
    domain="m >= 1, k > 0, var + eps > 0",
    derivations=(
        derive("radicand", var(k * x) + square(k) * eps, ("collect", square(k) * (var() + eps))),
        derive("output", batchnorm(k * x, eps=square(k) * eps), ("cancel", batchnorm())),
    ),
)
