r"""RMS12. RMS normalization: each feature's gradients, and Euler's identity.

Statement.
    feature by feature: \gamma_j (\frac{\partial}{\partial \gamma_j} (\sum_i dy_i \gamma_i
        z_i)) = dy_j \gamma_j z_j
    all features: \mathrm{D}_{\gamma_i \to \gamma_i} (\sum_i dy_i \gamma_i z_i) = \sum_i dy_i
        \gamma_i z_i
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    Feature by feature, gamma_j dgamma_j is dy_j y_j of the row; over rows both sides are added up.

Sketch.
    The output is linear in gamma, feature by feature.

Source.
    B23 without beta, for a gamma that belongs to one feature.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.relatives import gammas, rmsnorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, gradient, inner

L = inner(dy, rmsnorm())

theorem = Theorem(
    id="RMS12",
    title="RMS normalization: each feature's gradients, and Euler's identity",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "feature by feature",
            gammas[j] * gradient(L, gammas, j),
            ("linearity", (dy * rmsnorm())[j]),
        ),
        derive("all features", derivative(L, gammas, gammas), ("linearity", L)),
    ),
)
