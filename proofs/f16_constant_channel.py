r"""F16. A constant channel is normalized to beta.

Statement.
    variance: v_{1} = 0
    output: \gamma \frac{c - \bar{x}}{\sqrt{v_{1} + \epsilon}} + \beta = \beta
    where \bar{x} = \frac{1}{m} \sum_i c
    where v_{1} = \frac{1}{m} \sum_i (c - \bar{x})^2

Domain.
    m \ge 1, \epsilon > 0

In words.
    If all m values equal c and eps > 0, then y = beta.

Sketch.
    Every deviation from the mean is 0, and the denominator is sqrt(eps) > 0.

Source.
    Immediate. At eps = 0 the output is 0 / 0, undefined.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, beta, var, x

c = Symbol("c")
constant = c + 0 * x

theorem = Theorem(
    id="F16",
    title="A constant channel gives beta",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("variance", var(constant), ("cancel", 0)),
        derive("output", batchnorm(constant), ("cancel", beta)),
    ),
)
