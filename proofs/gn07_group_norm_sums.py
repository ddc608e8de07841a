r"""GN07. Group normalization: the two sums of the input gradient.

Statement.
    sum of dx: \mathrm{D}_{x_{i,c} \to 1} (\sum_{c=1}^{d} \sum_i dy_{i,c} \gamma_c t_{i,c}) = 0
    along x: \mathrm{D}_{x_{i,c} \to x_{i,c}} (\sum_{c=1}^{d} \sum_i dy_{i,c} \gamma_c t_{i,c})
        = \frac{\epsilon}{q + \epsilon} \sum_{c=1}^{d} \sum_i \gamma_c dy_{i,c} t_{i,c}
    where a = \frac{1}{m d} \sum_{c=1}^{d} \sum_i x_{i,c}
    where q = \frac{1}{m d} \sum_{c=1}^{d} \sum_i (x_{i,c} - a)^2
    where t_{i,c} = \frac{x_{i,c} - a}{\sqrt{q + \epsilon}}

Domain.
    m \ge 1, d \ge 1, \epsilon > 0

In words.
    Over the values of a group, sum dx = 0 and <x, dx> = eps / (q + eps) <h, t>, h = gamma_c dy;
    over one channel of it neither holds.

Sketch.
    LN08 and LN09 with the values of a group for the features of a row.

Source.
    A consequence of GN06.
"""

from bncheck.symbolic.relatives import (
    channel_gammas,
    grid,
    grid_dy,
    group_var,
    group_xhat,
    over_group,
)
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, eps

t = group_xhat()
L = over_group(grid_dy * channel_gammas * t)

theorem = Theorem(
    id="GN07",
    title="Group normalization: the two sums of the input gradient",
    domain="m >= 1, d >= 1, eps > 0",
    derivations=(
        derive("sum of dx", derivative(L, grid, 1), ("centred", 0)),
        derive(
            "along x",
            derivative(L, grid, grid),
            ("chain rule", eps / (group_var() + eps) * over_group(channel_gammas * grid_dy * t)),
        ),
    ),
)
