r"""RMS26. RMS normalization of a sum with a residual.

Statement.
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i \gamma_i z_i + \sum_i b_i (x_i + u_i)) = b_j
        + \frac{1}{r} (h_j - \frac{z_j}{m} \sum_i h_i z_i)
    the residual's: \frac{\partial}{\partial u_j} (\sum_i dy_i \gamma_i z_i + \sum_i b_i (x_i +
        u_i)) = \frac{\partial}{\partial x_j} (\sum_i dy_i \gamma_i z_i + \sum_i b_i (x_i + u_i))
    where r = \sqrt{\frac{1}{m} \sum_i (x_i + u_i)^2 + \epsilon}
    where z_i = \frac{x_i + u_i}{r}
    where h_j = \gamma_j dy_j

Domain.
    m \ge 1, \epsilon > 0

In words.
    Where s = x + u is returned beside y = gamma z(s), with cotangents ds and dy, both addends have
    the same gradient: ds + J (gamma dy). ds is added after the Jacobian, not before it.

Sketch.
    s has the derivative 1 by either addend; ds goes past the normalization.

Source.
    The fused kernels that add a residual: vLLM, Liger, Apex.
"""

from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.relatives import gammas, h, rms, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, gradient, inner, mean, x

u, b = vector("u"), vector("b")
summed = x + u
root = rms(summed)
zs = z(summed)
L = inner(dy, gammas * zs) + inner(b, summed)

theorem = Theorem(
    id="RMS26",
    title="RMS normalization of a sum with a residual",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "dx", gradient(L, x, j), ("chain rule", (b + (h() - zs * mean(h() * zs)) / root)[j])
        ),
        derive("the residual's", gradient(L, u, j), ("symmetry", gradient(L, x, j))),
    ),
)
