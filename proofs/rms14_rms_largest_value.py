r"""RMS14. RMS normalization: no output is larger than sqrt(m) |gamma|.

Statement.
    largest output: (\gamma_j z_j)^2 \le \frac{m \gamma_j^2}{m (\frac{1}{m} \sum_i x_i^2 +
        \epsilon)} \sum_i x_i^2
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_j = \frac{x_j}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    y_j^2 <= gamma_j^2 m q / (q + eps), where q is the mean of x^2: for a row of 4096 features at
    most 64 times gamma, reached by a row with one feature that is not 0.

Sketch.
    The gap is the sum of the squares of the other features.

Source.
    Own; LN14 without a mean has m for m - 1.
"""

from bncheck.symbolic.expression import delta, i, j
from bncheck.symbolic.relatives import gammas, rmsnorm
from bncheck.symbolic.theorem import Inequality, Theorem
from bncheck.symbolic.vocabulary import eps, m, mean, square, total, x

q = mean(square(x))
others = square((1 - delta(i, j)) * x)

theorem = Theorem(
    id="RMS14",
    title="RMS normalization: no output is larger than sqrt(m) |gamma|",
    domain="m >= 1, eps > 0",
    kind="inequality",
    inequalities=(
        Inequality(
            "largest output",
            square(rmsnorm()[j]),
            m * square(gammas[j]) * q / (q + eps),
            square(gammas[j]) * total(others) / (q + eps),
        ),
    ),
)
