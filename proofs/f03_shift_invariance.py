"""F03. A constant added to the batch does not change the output.

Statement.
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
