r"""I06. What the unbiased variance of Algorithm 2 estimates, without replacement.

Statement.
    mean over the batches: \frac{m}{m - 1} (\frac{m}{N m} \sum_{a=1}^{N} x_a^2 - \frac{\frac{m}{N}
        \sum_{a=1}^{N} x_a^2 + \frac{m}{N (N - 1)} (m - 1) \sum_{a=1}^{N} \sum_{b=1}^{N} x_a x_b (1
        - \delta_{ab})}{m^2}) = \frac{N}{N - 1} (\frac{1}{N} \sum_{a=1}^{N} x_a^2 -
        \frac{(\sum_{a=1}^{N} x_a)^2}{N^2})

Domain.
    2 \le m \le N, N > 1

In words.
    The mean over all C(N, m) batches of m / (m - 1) var_B is N / (N - 1) var_N, not var_N.

Sketch.
    A value is in a batch with probability m / N, two different values with probability
    m (m - 1) / (N (N - 1)). So the mean of sum_B x^2 is (m / N) sum x^2 and that of (sum_B x)^2
    is (m / N) sum x^2 + m (m - 1) / (N (N - 1)) sum_{i != j} x_i x_j. Put into
    var_B = sum_B x^2 / m - (sum_B x)^2 / m^2.

Source.
    Ioffe and Szegedy (2015), Algorithm 2, line 10: Var = m / (m - 1) E_B[var_B].
"""

from fractions import Fraction
from itertools import combinations

from bncheck.symbolic.expression import Element, Index, Sum, Symbol, delta
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, square

N = Symbol("N", positive=True)
a, b = Index("a", "N"), Index("b", "N")
v, v_b = Element("x", (a,)), Element("x", (b,))
squares = Sum(a, square(v))
pairs = Sum(a, Sum(b, v * v_b * (1 - delta(a, b))))
var_N = squares / N - square(Sum(a, v)) / square(N)
in_batch, both_in_batch = m / N, m * (m - 1) / (N * (N - 1))
mean_var = in_batch * squares / m - (in_batch * squares + both_in_batch * pairs) / square(m)


def instances(rng):
    """Take the mean over all batches literally."""
    for length in (3, 4, 5):
        values = [Fraction(rng.randint(-9, 9)) for _ in range(length)]
        for size in range(2, length + 1):
            batches = list(combinations(values, size))
            corrected = sum(_var(batch) for batch in batches) * Fraction(size, size - 1)
            yield (
                f"batches of {size} out of {length}",
                corrected / len(batches),
                Fraction(length, length - 1) * _var(values),
            )


def _var(values):
    centre = sum(values) / len(values)
    return sum((value - centre) ** 2 for value in values) / len(values)


theorem = Theorem(
    id="I06",
    title="The mean of the unbiased variance over all batches",
    kind="cases",
    domain="2 <= m <= N, N > 1",
    argument="The probabilities count the batches that contain one value, and two values.",
    instances=instances,
    derivations=(
        derive("mean over the batches", m / (m - 1) * mean_var, ("expand", N / (N - 1) * var_N)),
    ),
)
