r"""RMS22. RMS normalization of a row that is padded with zeros.

Statement.
    the square of the output: \frac{x_i^2}{\frac{1}{m + n} \sum_j x_j^2 + \epsilon} = \frac{(m
        + n) x_i^2}{m (\frac{1}{m} \sum_j x_j^2 + \frac{(m + n) \epsilon}{m})}

Domain.
    m \ge 1, n \ge 1, \epsilon > 0

In words.
    n zeros behind a row of m values, counted as if they belonged to it: the output is sqrt((m + n)
    / m) times that with eps (m + n) / m. So a kernel that divides by the padded count is wrong,
    for n = m by sqrt(2). The proof is of the squares; both have the sign of x.

Sketch.
    The sum of squares stays, the count does not.

Source.
    Own; kernels with blocks of a power of two have to divide by the true count.
"""

from bncheck.symbolic.expression import Index, Sum, Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, mean, square, total, x

n = Symbol("n", positive=True)
p = Index("p", "n")
padded = (total(square(x)) + Sum(p, 0)) / (m + n)

theorem = Theorem(
    id="RMS22",
    title="RMS normalization of a row that is padded with zeros",
    domain="m >= 1, n >= 1, eps > 0",
    derivations=(
        derive(
            "the square of the output",
            square(x) / (total(square(x)) / (m + n) + eps),
            ("expand", (m + n) / m * square(x) / (mean(square(x)) + (m + n) / m * eps)),
        ),
    ),
)
