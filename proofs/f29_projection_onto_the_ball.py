r"""F29. The normalized batch is the direction in which the batch is longest.

Statement.
    attained: \sum_i x_i \frac{x_i - \mu}{\sqrt{\sigma^2}} = m \sqrt{\sigma^2}
    on the ball: \sum_i x_i (h_i - \frac{1}{m} \sum_j h_j) \le m \sqrt{\sigma^2}, if m - \sum_i
        (h_i - \frac{1}{m} \sum_j h_j)^2 \ge 0

Domain.
    m \ge 2, \epsilon = 0, \sigma^2 > 0

In words.
    At eps = 0: <x, y> <= m sqrt(var) for every y with sum y = 0 and sum y^2 <= m, with equality
    at y = BN(x).

Sketch.
    m sqrt(var) - <x, y> = sqrt(var) / 2 (sum (xhat - y)^2 + m - sum y^2), since sum xhat^2 = m.
    Below, y is written as h - mean(h), and m - sum y^2 >= 0 is the hypothesis.

Source.
    Own.
"""

from bncheck.symbolic.expression import Named, vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import inner, m, mean, square, std, total, x, xhat

h = vector("h")
y = h - mean(h)
inside = Named("slack", (), m - total(square(y)))

theorem = Theorem(
    id="F29",
    title="The normalized batch is where <x, y> is largest",
    kind="inequality",
    domain="m >= 2, eps = 0, var > 0",
    derivations=(derive("attained", inner(x, xhat(eps=0)), ("normalized", m * std(eps=0))),),
    inequalities=(
        Inequality(
            "on the ball",
            inner(x, y),
            m * std(eps=0),
            std(eps=0) / 2 * (total(square(xhat(eps=0) - y)) + inside),
            given=(inside,),
        ),
    ),
)
