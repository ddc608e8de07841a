r"""S03. Welford's recurrence computes the mean and the sum of squared deviations.

Statement.
    mean: \frac{\sum_i x_i + v}{m + 1} = \mu + \frac{v - \mu}{m + 1}
    squared deviations: \sum_i (x_i - \frac{\sum_j x_j + v}{m + 1})^2 + (v - \frac{\sum_i x_i +
        v}{m + 1})^2 = \sum_i (x_i - \mu)^2 + (v - \mu) (v - \frac{\sum_i x_i + v}{m + 1})

Domain.
    m \ge 1

In words.
    Appending v to m values with mean mu and M = sum (x - mu)^2: the new mean is
    mu + (v - mu) / (m + 1), the new M is M + (v - mu)(v - mu').

Sketch.
    Induction on the number of values; the step is S01 with a second part of one value.

Source.
    Welford (1962).
"""

from fractions import Fraction

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mu, square, total, x

v = Symbol("v")
new_mean = (total(x) + v) / (m + 1)


def instances(rng):
    """Run the recurrence literally and compare with the two-pass sums."""
    for length in range(1, 6):
        values = [Fraction(rng.randint(-9, 9)) for _ in range(length)]
        centre, squares = Fraction(0), Fraction(0)
        for n, value in enumerate(values, 1):
            step = value - centre
            centre += step / n
            squares += step * (value - centre)
        exact = sum(values) / length
        yield f"mean of {length} values", centre, exact
        yield f"M of {length} values", squares, sum((value - exact) ** 2 for value in values)


theorem = Theorem(
    id="S03",
    title="Welford's recurrence",
    kind="induction",
    domain="m >= 1",
    argument="Induction on the number of values; one value has mean itself and M = 0.",
    instances=instances,
    derivations=(
        derive("mean", new_mean, ("collect", mu() + (v - mu()) / (m + 1))),
        derive(
            "squared deviations",
            total(square(x - new_mean)) + square(v - new_mean),
            ("expand", total(square(x - mu())) + (v - mu()) * (v - new_mean)),
        ),
    ),
)
