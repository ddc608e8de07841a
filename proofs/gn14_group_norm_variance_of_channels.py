r"""GN14. Group normalization: the variance of a group from those of its channels.

Statement.
    variance: q = \frac{1}{d} \sum_{c=1}^{d} \frac{1}{m} \sum_i (x_{i,c} - \frac{1}{m} \sum_j
        x_{j,c})^2 + \frac{1}{d} \sum_{c=1}^{d} (\frac{1}{m} \sum_i x_{i,c} - \frac{1}{m d}
        \sum_{i=1}^{d} \sum_j x_{j,i})^2
    where a = \frac{1}{m d} \sum_{c=1}^{d} \sum_i x_{i,c}
    where q = \frac{1}{m d} \sum_{c=1}^{d} \sum_i (x_{i,c} - a)^2

Domain.
    m \ge 1, d \ge 1

In words.
    The variance of a group is the mean of the variances of its channels, plus the variance of
    their means. So normalizing with the mean of the variances, as if the channels were apart, is
    wrong by the second part.

Sketch.
    Expand the squares; within a channel the deviations from its mean sum to 0.

Source.
    The law of total variance; S01 for d parts of the same size.
"""

from bncheck.symbolic.expression import Sum
from bncheck.symbolic.relatives import channels, grid, group_mean, group_var
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, mean, square

within = Sum(c, mean(square(grid - mean(grid)))) / channels
between = Sum(c, square(mean(grid) - group_mean(grid))) / channels

theorem = Theorem(
    id="GN14",
    title="Group normalization: the variance of a group from those of its channels",
    domain="m >= 1, d >= 1",
    derivations=(derive("variance", group_var(), ("expand", within + between)),),
)
