r"""LN19. Layer normalization of a constant row.

Statement.
    output: \gamma_i \tilde{x}_i + \beta_i = \beta_i
    dx: \frac{1}{\sqrt{v_1 + \epsilon}} (h_i - \frac{1}{m} \sum_j h_j - \frac{\tilde{x}_i}{m}
        \sum_j h_j \tilde{x}_j) = \frac{1}{\sqrt{\epsilon}} (h_i - \frac{1}{m} \sum_j h_j)
    dgamma: dy_i \tilde{x}_i = 0
    where \mu_{1} = \frac{1}{m} \sum_i a
    where v_{1} = \frac{1}{m} \sum_i (a - \mu_1)^2
    where \tilde{x}_i = \frac{a - \mu_1}{\sqrt{v_1 + \epsilon}}
    where h_i = \gamma_i dy_i

Domain.
    m \ge 1, \epsilon > 0

In words.
    If all features of a row are equal and eps > 0, then xhat = 0, y = beta, the row adds nothing
    to dgamma, and dx = (h - mean h) / sqrt(eps), which is large: 316 for eps = 1e-5.

Sketch.
    xhat = 0 and var = 0 in LN07.

Source.
    A consequence of LN07.
"""

from bncheck.symbolic.expression import Named, Symbol, i, sqrt
from bncheck.symbolic.relatives import betas, gammas, h
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, eps, mean, std, x, xhat

constant = Symbol("a") + 0 * x
t = Named("t", (i,), xhat(constant).body + 0 * dy)
root = std(constant)

theorem = Theorem(
    id="LN19",
    title="Layer normalization of a constant row",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("output", gammas * xhat(constant) + betas, ("cancel", betas)),
        derive(
            "dx",
            (h() - mean(h()) - xhat(constant) * mean(h() * xhat(constant))) / root,
            ("cancel", (h() - mean(h())) / sqrt(eps)),
        ),
        derive("dgamma", dy * xhat(constant), ("cancel", 0)),
    ),
)
