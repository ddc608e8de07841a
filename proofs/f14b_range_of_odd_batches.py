r"""F14b. The range of a normalized batch of an odd number of values.

Statement.
    one value moves: \frac{1}{m} \sum_i (x_i + \delta_{i1} d - \frac{1}{m} \sum_j (x_j +
        \delta_{j1} d))^2 = \frac{1}{m} \sum_i (x_i - \frac{1}{m} \sum_j x_j)^2 + \frac{2 d}{m}
        (x_1 - \frac{1}{m} \sum_i x_i) + \frac{d^2}{m^2} (m - 1)
    values at the ends: \frac{1}{m} \sum_i (lo + (hi - lo) top_i - \frac{1}{m} \sum_j (lo + (hi -
        lo) top_j))^2 = (hi - lo)^2 (\frac{1}{m} \sum_i top_i^2 - (\frac{1}{m} \sum_i top_i)^2)
    n of them at hi: (hi - lo)^2 (\frac{n}{m} - (\frac{n}{m})^2) = (1 - (\frac{m - 2 n}{m})^2)
        (\frac{hi - lo}{2})^2

Domain.
    m \ge 3

In words.
    For odd m: hi - lo >= 2 m / sqrt(m^2 - 1) sqrt(rho), that is
    rho <= (1 - 1/m^2) ((hi - lo) / 2)^2. Attained by (m - 1) / 2 values on one side.

Sketch.
    Let all values lie in [lo, hi]. Moving one of them by d changes the variance by a quadratic
    function of d with the coefficient (m - 1) / m^2 >= 0 of d^2: it is convex, so the variance is
    largest with every value at an end. With n of them at hi it is n (m - n) / m^2 (hi - lo)^2,
    which is (1 - ((m - 2 n) / m)^2) ((hi - lo) / 2)^2, and m - 2 n is odd.

Source.
    Own. The case of even m is Popoviciu's inequality (F14).
"""

from fractions import Fraction
from itertools import product

from bncheck.symbolic.expression import Symbol, delta, i, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mean, square, total, x

d, n = Symbol("d"), Symbol("n")
hi, lo = Symbol("hi"), Symbol("lo")
c = x - mean(x)
moved = x + delta(i, 1) * d
top = vector("top")  # 1 where the value is hi, else 0
ends = lo + (hi - lo) * top
mean_square = n / m  # of top, whose squares are its values
slope = 2 * (x[1] - mean(x)) * d / m


def instances(rng):
    """Compare with the largest variance of all batches of a grid in [0, 1]."""
    for size, steps in ((3, 4), (3, 6), (5, 3)):
        grid = [Fraction(step, steps) for step in range(steps + 1)]
        spread = (
            sum(v * v for v in batch) / size - (sum(batch) / size) ** 2
            for batch in product(grid, repeat=size)
        )
        yield f"m = {size}, grid of {steps}", max(spread), (1 - Fraction(1, size**2)) / 4


theorem = Theorem(
    id="F14b",
    title="The range of a normalized batch of an odd number of values",
    kind="cases",
    domain="m >= 3",
    argument="The variance is convex in each value, so it is largest with all values at the ends; "
    "there are n = 0 to m of them at hi, and (m - 2 n)^2 >= 1 for odd m.",
    instances=instances,
    derivations=(
        derive(
            "one value moves",
            mean(square(moved - mean(moved))),
            ("expand", mean(square(c)) + slope + (m - 1) / square(m) * square(d)),
        ),
        derive(
            "values at the ends",
            mean(square(ends - mean(ends))),
            ("expand", square(hi - lo) * (total(square(top)) / m - square(total(top) / m))),
        ),
        derive(
            "n of them at hi",
            square(hi - lo) * (mean_square - square(n / m)),
            ("collect", n * (m - n) / square(m) * square(hi - lo)),
            ("expand", (1 - square((m - 2 * n) / m)) * square((hi - lo) / 2)),
        ),
    ),
)
