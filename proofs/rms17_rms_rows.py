r"""RMS17. RMS normalization: the gradient of gamma adds up over rows.

Statement.
    dgamma: \frac{\partial}{\partial \gamma_j} (\sum_i dy_i \gamma_i z_i + \sum_i e_i \gamma_i
        t_i) = dy_j z_j + e_j t_j
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i \gamma_i z_i + \sum_i e_i \gamma_i t_i) =
        \frac{1}{r} (h_j - \frac{z_j}{m} \sum_i h_i z_i)
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}
    where t_i = \frac{u_i}{\sqrt{\frac{1}{m} \sum_j u_j^2 + \epsilon}}
    where h_j = \gamma_j dy_j

Domain.
    m \ge 1, \epsilon > 0

In words.
    Two rows x and u, each with a root of its own and cotangents dy and e: dgamma_j is the sum of
    what each row gives (RMS07), and dx does not know of the other row. So it is for any number of
    rows: a sum, not a mean, and no row may be missing.

Sketch.
    gamma_j stands in every row; the derivative of a sum is the sum.

Source.
    RMS07 for every row.
"""

from bncheck.symbolic.expression import Named, i, j, sqrt, vector
from bncheck.symbolic.relatives import gammas, h, rms_backward, rmsnorm, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, eps, gradient, inner, mean, square, x

u, e = vector("u"), vector("e")
other = Named("t", (i,), u / sqrt(mean(square(u)) + eps))
L = inner(dy, rmsnorm()) + inner(e, gammas * other)

theorem = Theorem(
    id="RMS17",
    title="RMS normalization: the gradient of gamma adds up over rows",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("dgamma", gradient(L, gammas, j), ("linearity", (dy * z() + e * other)[j])),
        derive("dx", gradient(L, x, j), ("linearity", rms_backward(h())[j])),
    ),
)
