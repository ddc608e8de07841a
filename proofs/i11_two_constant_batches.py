r"""I11. Averaging batch variances drops the variance between batches.

Statement.
    variance of the second: \frac{1}{m} \sum_i (d - \frac{1}{m} \sum_j d)^2 = 0
    pooled mean: \frac{\sum_i 0 + \sum_i d}{2 m} = \frac{d}{2}
    pooled variance: \frac{\sum_i (-\frac{\sum_j 0 + \sum_j d}{2 m})^2 + \sum_i (d - \frac{\sum_j 0
        + \sum_j d}{2 m})^2}{2 m} = \frac{d^2}{4}

Domain.
    m \ge 1

In words.
    Two batches of m values, one all 0 and one all d: both have variance 0, and so has every
    running average of them; pooled they have variance d^2 / 4.

Sketch.
    The pooled mean is d / 2, and every value is d / 2 away from it.

Source.
    Own.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, square, total, var, x

d = Symbol("d")
first, second = 0 * x, d + 0 * x
centre = (total(first) + total(second)) / (2 * m)
pooled = (total(square(first - centre)) + total(square(second - centre))) / (2 * m)

theorem = Theorem(
    id="I11",
    title="Two constant batches",
    domain="m >= 1",
    derivations=(
        derive("variance of the second", var(second), ("cancel", 0)),
        derive("pooled mean", centre, ("linearity", d / 2)),
        derive("pooled variance", pooled, ("linearity", square(d) / 4)),
    ),
)
