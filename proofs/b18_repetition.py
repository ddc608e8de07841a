"""B18. The gradient of a repeated batch is the repeated gradient.

Statement.
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
    domain="m >= 1, n >= 1 copies",
    derivations=(
        derive(
            "dx",
            gamma / root * (dy - mean_of_copies(dy) - normalized * mean_of_copies(dy * normalized)),
            ("cancel", backward()),
            ("substitute", dx()),
        ),
    ),
)
