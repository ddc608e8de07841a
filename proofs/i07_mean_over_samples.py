r"""I07. With replacement, the unbiased variance estimates the variance of the data set.

Statement.
    mean over the samples: \frac{m}{m - 1} (g - \frac{\frac{m}{N} \sum_{a=1}^{N} x_a^2 + m (m - 1)
        \bar{x}^2}{m^2}) = g - \bar{x}^2
    where \bar{x} = \frac{1}{N} \sum_{a=1}^{N} x_a
    where g = \frac{1}{N} \sum_{a=1}^{N} x_a^2

Domain.
    m \ge 2

In words.
    The mean over all N^m samples with replacement of m / (m - 1) var_B is var_N.

Sketch.
    Each place of the batch takes each value with probability 1 / N, independently: the mean of
    sum_B x^2 is (m / N) sum x^2, that of (sum_B x)^2 is (m / N) sum x^2 + m (m - 1) (sum x / N)^2.

Source.
    Ioffe and Szegedy (2015), Algorithm 2, line 10.
"""

from fractions import Fraction
from itertools import product

from bncheck.symbolic.expression import Element, Index, Sum, Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, square

N = Symbol("N", positive=True)
a = Index("a", "N")
v = Element("x", (a,))
squares, centre = Sum(a, square(v)) / N, Sum(a, v) / N
mean_var = squares - (m * squares + m * (m - 1) * square(centre)) / square(m)


def instances(rng):
    """Take the mean over all samples literally."""
    for length, size in ((2, 2), (3, 2), (3, 3)):
        values = [Fraction(rng.randint(-9, 9)) for _ in range(length)]
        samples = list(product(values, repeat=size))
        corrected = sum(_var(sample) for sample in samples) * Fraction(size, size - 1)
        yield f"samples of {size} out of {length}", corrected / len(samples), _var(values)


def _var(values):
    centre = sum(values) / len(values)
    return sum((value - centre) ** 2 for value in values) / len(values)


theorem = Theorem(
    id="I07",
    title="The mean of the unbiased variance over all samples",
    kind="cases",
    domain="m >= 2",
    argument="The places of a sample with replacement are independent and uniform.",
    instances=instances,
    derivations=(
        derive(
            "mean over the samples", m / (m - 1) * mean_var, ("expand", squares - square(centre))
        ),
    ),
)
