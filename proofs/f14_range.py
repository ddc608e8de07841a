"""F14. The range of the normalized batch is at most sqrt(2 m rho).

Statement.
    (xhat_j - xhat_k)^2 <= 2 m rho for any two places j != k, with rho = var / (var + eps).

Sketch.
    m rho = sum xhat^2, and 2 (a^2 + b^2) - (a - b)^2 = (a + b)^2; the other squares are left over.
    The factor 1 - delta_jk says that j and k are different places.

Source.
    von Szokefalvi-Nagy (1918). The other bounds of this law are not proved here.
"""

from bncheck.symbolic.expression import delta, i, j, k
from bncheck.symbolic.theorem import Inequality, Theorem
from bncheck.symbolic.vocabulary import eps, m, square, total, var, xhat

rho = var() / (var() + eps)
differ = square(1 - delta(j, k))
others = total(square((1 - delta(i, j)) * (1 - delta(i, k)) * xhat()))

theorem = Theorem(
    id="F14",
    title="The range of the normalized batch is at most sqrt(2 m rho)",
    kind="inequality",
    domain="m >= 2, j != k",
    inequalities=(
        Inequality(
            "squared range",
            differ * square(xhat()[j] - xhat()[k]),
            differ * 2 * m * rho,
            differ * square(xhat()[j] + xhat()[k]) + 2 * differ * others,
        ),
    ),
)
