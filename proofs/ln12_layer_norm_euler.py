r"""LN12. Layer normalization: each feature's gradients, and Euler's identity.

Statement.
    feature by feature: \gamma_j (\frac{\partial}{\partial \gamma_j} (\sum_i dy_i (\gamma_i
        \hat{x}_i + \beta_i))) + \beta_j (\frac{\partial}{\partial \beta_j} (\sum_i dy_i (\gamma_i
        \hat{x}_i + \beta_i))) = dy_j (\gamma_j \hat{x}_j + \beta_j)
    all features: \mathrm{D}_{\gamma_i \to \gamma_i} (\sum_i dy_i (\gamma_i \hat{x}_i +
        \beta_i)) + \mathrm{D}_{\beta_i \to \beta_i} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)) =
        \sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    Feature by feature, gamma_j dgamma_j + beta_j dbeta_j is dy_j y_j of the row; over rows both
    sides are added up. A gradient of gamma that is averaged, or belongs to another feature, breaks
    it.

Sketch.
    The output is linear in gamma and beta together, feature by feature.

Source.
    B23, for parameters that belong to one feature each.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.relatives import betas, gammas, layernorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, gradient, inner

L = inner(dy, layernorm())

theorem = Theorem(
    id="LN12",
    title="Layer normalization: each feature's gradients, and Euler's identity",
    derivations=(
        derive(
            "feature by feature",
            gammas[j] * gradient(L, gammas, j) + betas[j] * gradient(L, betas, j),
            ("linearity", (dy * layernorm())[j]),
        ),
        derive(
            "all features",
            derivative(L, gammas, gammas) + derivative(L, betas, betas),
            ("linearity", L),
        ),
    ),
)
