r"""B03. The gradient with respect to the input sums to zero over the batch.

Statement.
    sum over the batch: \sum_i dx_i = 0

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    sum_j dL/dx_j = 0, for every m >= 1 and every cotangent dy.

Sketch.
    In the compact form (B01) the deviations dy - mean(dy) sum to 0, and so does xhat. Behind it
    is shift invariance (F03): moving all x_j together does not change the loss.

Source.
    A consequence of B01.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dx, dy, gamma, mean, std, total, xhat

theorem = Theorem(
    id="B03",
    title="The input gradient sums to zero",
    derivations=(
        derive(
            "sum over the batch",
            total(dx()),
            ("substitute", total(backward())),
            (
                "linearity",
                gamma / std() * (total(dy - mean(dy)) - total(xhat()) * mean(dy * xhat())),
            ),
            ("centred", -gamma / std() * total(xhat()) * mean(dy * xhat())),
            ("normalized", 0),
        ),
    ),
)
