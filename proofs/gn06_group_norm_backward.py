r"""GN06. Group normalization: the gradients, with gamma of each channel inside the group's means.

Statement.
    dx along v: \mathrm{D}_{x_{i,c} \to v_{i,c}} (\sum_{c=1}^{d} \sum_i dy_{i,c} (\gamma_c
        t_{i,c} + \beta_c)) = \sum_{c=1}^{d} \sum_i \frac{v_{i,c}}{\sqrt{q + \epsilon}} (h_{i,c} -
        \frac{1}{m d} \sum_{j=1}^{d} \sum_k h_{k,j} - \frac{t_{i,c}}{m d} \sum_{j=1}^{d} \sum_k
        h_{k,j} t_{k,j})
    where a = \frac{1}{m d} \sum_{c=1}^{d} \sum_i x_{i,c}
    where q = \frac{1}{m d} \sum_{c=1}^{d} \sum_i (x_{i,c} - a)^2
    where t_{i,c} = \frac{x_{i,c} - a}{\sqrt{q + \epsilon}}
    where h_{i,c} = \gamma_c dy_{i,c}

Domain.
    m \ge 1, d \ge 1, \epsilon > 0

In words.
    A group has d channels of m positions, with mean a and variance q over all d m values, and t is
    what is normalized. gamma_c and beta_c belong to the channel: with h = gamma_c dy, dx is (h -
    mean(h) - t mean(h t)) / sqrt(q + eps), with means over the group. The first line says it for a
    step v in any direction.

Sketch.
    LN07 with the d m values of the group for the features, and a gamma that is repeated over
    positions.

Source.
    Wu and He (2018), arXiv:1803.08494, section 3.1.
"""

from bncheck.symbolic.expression import Element, Named, i
from bncheck.symbolic.relatives import (
    channel_betas,
    channel_gammas,
    grid,
    grid_dy,
    group_backward,
    group_xhat,
    over_group,
)
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, derivative

h = Named("h", (i, c), channel_gammas * grid_dy)
t = group_xhat()
v = Element("v", (i, c))
L = over_group(grid_dy * (channel_gammas * t + channel_betas))

theorem = Theorem(
    id="GN06",
    title="Group normalization: the gradients, with gamma of each channel inside the group's means",
    domain="m >= 1, d >= 1, eps > 0",
    derivations=(
        derive(
            "dx along v", derivative(L, grid, v), ("chain rule", over_group(v * group_backward(h)))
        ),
    ),
)
