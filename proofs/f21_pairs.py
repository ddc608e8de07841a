r"""F21. The products of different normalized values sum to -m rho.

Statement.
    pairs: \sum_i \sum_j \hat{x}_i \hat{x}_j (1 - \delta_{ij}) = -\frac{m \sigma^2}{\sigma^2 +
        \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    sum over i != j of xhat_i xhat_j = -m var / (var + eps).

Sketch.
    (sum xhat)^2 = 0 is the sum of all products, of which the squares make m rho.

Source.
    A consequence of F01 and F02.
"""

from bncheck.symbolic.expression import delta, i, j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, square, total, var, xhat

theorem = Theorem(
    id="F21",
    title="Products of different normalized values",
    derivations=(
        derive(
            "pairs",
            total(total(xhat()[i] * xhat()[j] * (1 - delta(i, j)), j)),
            ("expand", square(total(xhat())) - total(square(xhat()))),
            ("centred", -total(square(xhat()))),
            ("normalized", -m * var() / (var() + eps)),
        ),
    ),
)
