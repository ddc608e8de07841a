r"""F03. A constant added to the batch does not change the output.

Statement.
    the mean moves along: \mu_{1} = \mu + c
    the variance stays: \frac{g}{m} = \sigma^2
    the output stays: \gamma \frac{x_i + c - \mu_{1}}{\sqrt{\frac{g}{m} + \epsilon}} + \beta = y_i
    where \mu_{1} = \frac{1}{m} \sum_i (x_i + c)
    where g = \sum_i (x_i + c - \mu_{1})^2

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    BN(x + c) = BN(x) for every real c.

Sketch.
    The mean moves by c too, so the deviations from the mean, and with them the variance, stay.

Source.
    Ioffe and Szegedy (2015), section 3.2, "the effect of b can be ignored".
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, mu, var, x

c = Symbol("c")

theorem = Theorem(
    id="F03",
    title="Batch normalization does not see a constant shift",
    derivations=(
        derive("the mean moves along", mu(x + c), ("linearity", mu() + c)),
        derive("the variance stays", var(x + c), ("substitute", var())),
        derive("the output stays", batchnorm(x + c), ("substitute", batchnorm())),
    ),
)
