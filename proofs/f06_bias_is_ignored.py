r"""F06. A bias before batch normalization has no effect.

Statement.
    mean: \mu_{1} = \bar{x} + b
    output: \gamma \frac{z_i + b - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (z_j + b - \mu_{1})^2 +
        \epsilon}} + \beta = \gamma \frac{z_i - \bar{x}}{\sqrt{\frac{1}{m} \sum_j (z_j - \bar{x})^2
        + \epsilon}} + \beta
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i (z_i + b)

Domain.
    m \ge 1, \epsilon > 0

In words.
    BN(W u + b) = BN(W u), for one output unit z_i = sum_c w_c u_ic.

Sketch.
    The same b is added to every value of the batch: F03.

Source.
    Ioffe and Szegedy (2015), section 3.2.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, mu, preactivation

b = Symbol("b")
z = preactivation()

theorem = Theorem(
    id="F06",
    title="A bias before batch normalization has no effect",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("mean", mu(z + b), ("linearity", mu(z) + b)),
        derive("output", batchnorm(z + b), ("substitute", batchnorm(z))),
    ),
)
