r"""B20. The second derivative of xhat.

Statement.
    third-order tensor: \frac{\partial}{\partial x_k} (\frac{\partial}{\partial x_j} \hat{x}_i) =
        -\frac{r_{i,j,k} + r_{i,k,j} + r_{j,k,i} - \frac{3 \hat{x}_i \hat{x}_j \hat{x}_k}{m}}{m
        (\sigma^2 + \epsilon)}
    where r_{j,k,i} = (\delta_{jk} - \frac{1}{m}) \hat{x}_i

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    d^2 xhat_i / dx_j dx_k = -(1 / (m s^2)) (C_ij xhat_k + C_ik xhat_j + C_jk xhat_i
    - (3 / m) xhat_i xhat_j xhat_k) with C_ij = delta_ij - 1/m: symmetric in all three indices.

Sketch.
    Differentiate the Jacobian (B07) once more.

Source.
    Own.
"""

from bncheck.symbolic.expression import delta, i, j, k
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import gradient, m, std, x, xhat


def centring(a, b):
    """Return an entry of the centring matrix."""
    return delta(a, b) - 1 / m


h = xhat()
bracket = (
    centring(i, j) * h[k]
    + centring(i, k) * h[j]
    + centring(j, k) * h[i]
    - 3 / m * h[i] * h[j] * h[k]
)

theorem = Theorem(
    id="B20",
    title="The second derivative of xhat",
    derivations=(
        derive(
            "third-order tensor",
            gradient(gradient(h, x, j), x, k),
            ("product rule", -bracket / (m * std() ** 2)),
        ),
    ),
)
