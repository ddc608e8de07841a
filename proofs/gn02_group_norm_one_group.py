r"""GN02. Group normalization with one group is layer normalization, with gamma repeated.

Statement.
    gamma: \mathrm{D}_{u_{i,c} \to v_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} u_{i,c} t_{i,c}) =
        \mathrm{D}_{\gamma_c \to v_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} \gamma_c t_{i,c})
    as large as sums: \mathrm{D}_{u_{i,c} \to v_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} u_{i,c}
        t_{i,c}) = \sum_{c=1}^{d} v_c \sum_i dy_{i,c} t_{i,c}
    where a = \frac{1}{m d} \sum_{c=1}^{d} \sum_i x_{i,c}
    where q = \frac{1}{m d} \sum_{c=1}^{d} \sum_i (x_{i,c} - a)^2
    where t_{i,c} = \frac{x_{i,c} - a}{\sqrt{q + \epsilon}}

Domain.
    m \ge 1, d \ge 1, \epsilon > 0

In words.
    With one group, group normalization is layer normalization over channels and positions with the
    gamma of the channel in each position. If layer normalization has a gamma u of its own for each
    value, what group normalization gives for gamma_c is the sum of the gradients of u over the
    positions.

Sketch.
    The derivative along a u that is the same in all positions.

Source.
    Wu and He (2018), section 3: G = 1 is layer normalization, but for the shape of gamma.
"""

from bncheck.symbolic.expression import Element, Sum, i
from bncheck.symbolic.relatives import channel_gammas, grid_dy, group_xhat, over_group
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, derivative, total

t = group_xhat()
u = Element("u", (i, c))
v = Element("v", (c,))
layer = over_group(grid_dy * u * t)
group = over_group(grid_dy * channel_gammas * t)

theorem = Theorem(
    id="GN02",
    title="Group normalization with one group is layer normalization, with gamma repeated",
    domain="m >= 1, d >= 1, eps > 0",
    derivations=(
        derive(
            "gamma", derivative(layer, u, v), ("linearity", derivative(group, channel_gammas, v))
        ),
        derive(
            "as large as sums",
            derivative(layer, u, v),
            ("linearity", Sum(c, v * total(grid_dy * t))),
        ),
    ),
)
