r"""W15. The best gamma for a target, and what is lost with another.

Statement.
    least squares: \frac{1}{2 m} \sum_i t_i^2 - \frac{(\frac{1}{m} \sum_i t_i n_i)^2}{\frac{2}{m}
        \sum_i n_i^2} \le \frac{1}{2 m} \sum_i (t_i - g n_i)^2

Domain.
    \sum_i n_i^2 > 0

In words.
    For a target t and the normalized z = W u (any vector n): mean((t - g n)^2) / 2 equals
    mean(t^2)/2 - mean(t n)^2 / (2 mean(n^2)) + mean(n^2)/2 (g - g*)^2, g* = mean(t n) / mean(n^2):
    the least value is at g = g*.

Sketch.
    Complete the square.

Source.
    Kohler et al. (2019), arXiv:1805.10694, section 4.
"""

from bncheck.symbolic.expression import Symbol, vector
from bncheck.symbolic.theorem import Inequality, Theorem
from bncheck.symbolic.vocabulary import mean, square

t, n = vector("t"), vector("n")
g = Symbol("g")
best = mean(t * n) / mean(square(n))
least = mean(square(t)) / 2 - square(mean(t * n)) / (2 * mean(square(n)))

theorem = Theorem(
    id="W15",
    title="The best gamma for a target",
    kind="inequality",
    domain=r"\sum_i n_i^2 > 0",
    inequalities=(
        Inequality(
            "least squares",
            least,
            mean(square(t - g * n)) / 2,
            mean(square(n)) / 2 * square(g - best),
        ),
    ),
)
