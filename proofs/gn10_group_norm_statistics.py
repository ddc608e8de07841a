r"""GN10. Group normalization: mean and mean square of what is normalized.

Statement.
    mean: \frac{1}{m d} \sum_{c=1}^{d} \sum_i t_{i,c} = 0
    mean square: \frac{1}{m d} \sum_{c=1}^{d} \sum_i t_{i,c}^2 = \frac{q}{q + \epsilon}
    where a = \frac{1}{m d} \sum_{c=1}^{d} \sum_i x_{i,c}
    where q = \frac{1}{m d} \sum_{c=1}^{d} \sum_i (x_{i,c} - a)^2
    where t_{i,c} = \frac{x_{i,c} - a}{\sqrt{q + \epsilon}}

Domain.
    m \ge 1, d \ge 1, \epsilon > 0

In words.
    The normalized values of a group have mean 0 and mean square q / (q + eps) over the group;
    those of one channel in it have neither.

Sketch.
    F01 and F02 with the d m values of the group.

Source.
    Wu and He (2018), section 3.1.
"""

from bncheck.symbolic.relatives import group_mean, group_var, group_xhat
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, square

t = group_xhat()

theorem = Theorem(
    id="GN10",
    title="Group normalization: mean and mean square of what is normalized",
    domain="m >= 1, d >= 1, eps > 0",
    derivations=(
        derive("mean", group_mean(t), ("centred", 0)),
        derive(
            "mean square", group_mean(square(t)), ("normalized", group_var() / (group_var() + eps))
        ),
    ),
)
