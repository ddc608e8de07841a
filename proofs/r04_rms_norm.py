r"""R04. RMS normalization: its Jacobian, and the gradient along the input.

Statement.
    Jacobian: \frac{\partial}{\partial x_j} \frac{x_k}{\sqrt{g}} = \frac{\delta_{jk} -
        \frac{\frac{x_k}{\sqrt{g}} \frac{x_j}{\sqrt{g}}}{m}}{\sqrt{g}}
    along x: \mathrm{D}_{x_i \to x_i} (\sum_i dy_i \frac{x_i}{\sqrt{g}}) = \frac{\epsilon}{g}
        \sum_i dy_i \frac{x_i}{\sqrt{g}}
    where g = \frac{1}{m} \sum_i x_i^2 + \epsilon

Domain.
    m \ge 1, \epsilon > 0

In words.
    For z = x / r, r = sqrt(mean(x^2) + eps): dz_k/dx_j = (delta_kj - z_k z_j / d) / r, and
    <x, dx> = eps / r^2 <dy, z>.

Sketch.
    d mean(x^2) / dx_j = 2 x_j / d, and the chain rule.

Source.
    Zhang and Sennrich (2019), arXiv:1910.07467.
"""

from bncheck.symbolic.expression import Named, delta, i, j, k, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, eps, gradient, inner, m, mean, square, x

r = sqrt(mean(square(x)) + eps)
z = Named("z", (i,), x / r)

theorem = Theorem(
    id="R04",
    title="RMS normalization",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "Jacobian", gradient(z[k], x, j), ("chain rule", (delta(j, k) - z[k] * z[j] / m) / r)
        ),
        derive("along x", derivative(inner(dy, z), x, x), ("collect", eps / r**2 * inner(dy, z))),
    ),
)
