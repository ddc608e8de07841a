r"""RMS23. RMS normalization is a gradient.

Statement.
    gradient of the potential: \frac{\partial}{\partial x_j} (m r) = z_j
    symmetry: \frac{\partial z_k}{\partial x_j} = \frac{\partial z_j}{\partial x_k}
    with gamma: \gamma_j (\frac{\partial}{\partial x_j} (\gamma_k z_k)) = \gamma_k
        (\frac{\partial}{\partial x_k} (\gamma_j z_j))
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_j = \frac{x_j}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    z is the gradient of m sqrt(mean x^2 + eps), so its Jacobian is symmetric. With a gamma that
    varies the output is no gradient: d y_k / d x_j has gamma_k, d y_j / d x_k has gamma_j.

Sketch.
    The chain rule.

Source.
    Own; F22 without a mean.
"""

from bncheck.symbolic.expression import j, k
from bncheck.symbolic.relatives import gammas, rms, rmsnorm, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import gradient, m, x

theorem = Theorem(
    id="RMS23",
    title="RMS normalization is a gradient",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("gradient of the potential", gradient(m * rms(), x, j), ("chain rule", z()[j])),
        derive("symmetry", gradient(z()[k], x, j), ("symmetry", gradient(z()[j], x, k))),
        derive(
            "with gamma",
            gammas[j] * gradient(rmsnorm()[k], x, j),
            ("symmetry", gammas[k] * gradient(rmsnorm()[j], x, k)),
        ),
    ),
)
