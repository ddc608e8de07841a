r"""GN08. Group normalization: the gradients of each channel's gamma and beta.

Statement.
    dgamma along v: \mathrm{D}_{\gamma_c \to v_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} (\gamma_c
        t_{i,c} + \beta_c)) = \sum_{c=1}^{d} v_c \sum_i dy_{i,c} t_{i,c}
    dbeta along v: \mathrm{D}_{\beta_c \to v_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} (\gamma_c
        t_{i,c} + \beta_c)) = \sum_{c=1}^{d} v_c \sum_i dy_{i,c}
    Euler: \mathrm{D}_{\gamma_c \to \gamma_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} (\gamma_c t_{i,c}
        + \beta_c)) + \mathrm{D}_{\beta_c \to \beta_c} (\sum_{c=1}^{d} \sum_i dy_{i,c} (\gamma_c
        t_{i,c} + \beta_c)) = \sum_{c=1}^{d} \sum_i dy_{i,c} (\gamma_c t_{i,c} + \beta_c)
    where a = \frac{1}{m d} \sum_{c=1}^{d} \sum_i x_{i,c}
    where q = \frac{1}{m d} \sum_{c=1}^{d} \sum_i (x_{i,c} - a)^2
    where t_{i,c} = \frac{x_{i,c} - a}{\sqrt{q + \epsilon}}

Domain.
    m \ge 1, d \ge 1, \epsilon > 0

In words.
    dgamma_k sums dy t over the positions of channel k, dbeta_k sums dy, and gamma_k dgamma_k +
    beta_k dbeta_k = sum dy y there; over samples all are added up. With gamma for each group in
    place of each channel the sums would run over the group.

Sketch.
    The output is linear in gamma and beta, channel by channel.

Source.
    LN07 and LN12, with a gamma that is repeated over positions.
"""

from bncheck.symbolic.expression import Element, Sum
from bncheck.symbolic.relatives import (
    channel_betas,
    channel_gammas,
    grid_dy,
    group_xhat,
    over_group,
)
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, derivative, total

t = group_xhat()
v = Element("v", (c,))
y = channel_gammas * t + channel_betas
L = over_group(grid_dy * y)

theorem = Theorem(
    id="GN08",
    title="Group normalization: the gradients of each channel's gamma and beta",
    domain="m >= 1, d >= 1, eps > 0",
    derivations=(
        derive(
            "dgamma along v",
            derivative(L, channel_gammas, v),
            ("linearity", Sum(c, v * total(grid_dy * t))),
        ),
        derive(
            "dbeta along v",
            derivative(L, channel_betas, v),
            ("linearity", Sum(c, v * total(grid_dy))),
        ),
        derive(
            "Euler",
            derivative(L, channel_gammas, channel_gammas)
            + derivative(L, channel_betas, channel_betas),
            ("linearity", L),
        ),
    ),
)
