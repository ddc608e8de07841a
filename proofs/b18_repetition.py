r"""B18. The gradient of a repeated batch is the repeated gradient.

Statement.
    dx: \frac{\gamma}{\sqrt{\frac{h}{m n} + \epsilon}} (dy_i - \frac{1}{m n} \sum_{r=1}^{n} \sum_j
        dy_j - \frac{p_i}{\sqrt{\frac{h}{m n} + \epsilon} (m n)} \sum_{r=1}^{n} \sum_j
        \frac{1}{\sqrt{\frac{h}{m n} + \epsilon}} dy_j p_j) = dx_i
    where p_i = x_i - \frac{1}{m n} \sum_{r=1}^{n} \sum_j x_j
    where h = \sum_{r=1}^{n} \sum_i p_i^2

Domain.
    m \ge 1, n \ge 1, \sigma^2 + \epsilon > 0

In words.
    With n copies of (x, dy), every copy gets the dx of the single batch.

Sketch.
    mean(dy) and mean(dy xhat) over the copies are those of one copy (F11).

Source.
    A consequence of B01 and F11.
"""

from bncheck.symbolic.expression import Index, Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dx, dy, eps, gamma, m, square, total, x

copy = Index("r", "n")
n = Symbol("n", positive=True)


def mean_of_copies(values):
    """Return the mean over all copies."""
    return total(total(values), copy) / (m * n)


centre = mean_of_copies(x)
root = sqrt(mean_of_copies(square(x - centre)) + eps)
normalized = (x - centre) / root

theorem = Theorem(
    id="B18",
    title="The gradient of a repeated batch",
    domain="m >= 1, n >= 1, var + eps > 0",
    derivations=(
        derive(
            "dx",
            gamma / root * (dy - mean_of_copies(dy) - normalized * mean_of_copies(dy * normalized)),
            ("cancel", backward()),
            ("substitute", dx()),
        ),
    ),
)
