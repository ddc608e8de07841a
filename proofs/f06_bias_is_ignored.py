"""F06. A bias before batch normalization has no effect.

Statement.
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
    derivations=(
        derive("mean", mu(z + b), ("linearity", mu(z) + b)),
        derive("output", batchnorm(z + b), ("substitute", batchnorm(z))),
    ),
)
