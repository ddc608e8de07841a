r"""B26. Permuting the batch permutes dx, and leaves dgamma and dbeta as they are.

Statement.
    closed form: dx_i = \frac{\gamma t_i}{s}
    dx: \frac{\gamma}{\sqrt{\frac{h}{m} + \epsilon}} (dy_i + r_i - \frac{1}{m} \sum_j (dy_j + r_j)
        - \frac{\tilde{x}_i b}{m}) = \frac{\gamma t_i}{s} + (\delta_{i1} - \delta_{i2})
        (\frac{\gamma}{s} (dy_2 - \frac{1}{m} \sum_j dy_j - \frac{\hat{x}_2}{m} \sum_j dy_j
        \hat{x}_j) - \frac{\gamma}{s} (dy_1 - \frac{1}{m} \sum_j dy_j - \frac{\hat{x}_1}{m} \sum_j
        dy_j \hat{x}_j))
    dgamma: b = \sum_i dy_i \hat{x}_i
    dbeta: \sum_i (dy_i + r_i) = \sum_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}
    where g_i = (\delta_{i1} - \delta_{i2}) (x_2 - x_1)
    where r_i = (\delta_{i1} - \delta_{i2}) (dy_2 - dy_1)
    where \mu_{1} = \frac{1}{m} \sum_i (x_i + g_i)
    where h = \sum_i (x_i + g_i - \mu_{1})^2
    where t_i = dy_i - \frac{1}{m} \sum_j dy_j - \frac{\hat{x}_i}{m} \sum_j dy_j \hat{x}_j
    where \tilde{x}_i = \frac{x_i + g_i - \mu_{1}}{\sqrt{\frac{h}{m} + \epsilon}}
    where b = \sum_i (dy_i + r_i) \tilde{x}_i

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    For every permutation P: dx(P x, P dy) = P dx(x, dy), and dgamma and dbeta are the same.

Sketch.
    As F09: one swap of two places, which are called 1 and 2, and every permutation is a product
    of swaps.

Source.
    Own.
"""

from fractions import Fraction
from itertools import permutations

from bncheck.symbolic.expression import delta, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dx, dy, inner, total, x, xhat


def swapped(values):
    """Return the vector with its first two entries swapped."""
    return values + (delta(i, 1) - delta(i, 2)) * (values[2] - values[1])


def bracket(x, dy, epsilon):
    """Return s dx / gamma literally."""
    m = len(x)
    centre, mean_dy = sum(x) / m, sum(dy) / m
    deviations = [v - centre for v in x]
    square = sum(d * d for d in deviations) / m + epsilon
    q = sum(g * d for g, d in zip(dy, deviations, strict=True)) / m / square
    return tuple(g - mean_dy - d * q for g, d in zip(dy, deviations, strict=True))


def instances(rng):
    """Evaluate all permutations of a batch of four values, and one whose gradient is known."""
    known = bracket((Fraction(0), Fraction(2)), (Fraction(1), Fraction(0)), 3)
    yield "x = (0, 2), dy = (1, 0), eps = 3", known, (Fraction(3, 8), -Fraction(3, 8))
    x, dy = ([Fraction(rng.randint(-9, 9)) for _ in range(4)] for _ in range(2))
    epsilon = Fraction(1, rng.randint(1, 9))
    plain = bracket(x, dy, epsilon)
    for order in permutations(range(4)):
        permuted = bracket([x[at] for at in order], [dy[at] for at in order], epsilon)
        yield f"in the order {order}", permuted, tuple(plain[at] for at in order)


theorem = Theorem(
    id="B26",
    title="Permuting the batch permutes the input gradient",
    kind="induction",
    domain="m >= 2, var + eps > 0",
    argument="Every permutation is a product of swaps; the equations are the step.",
    instances=instances,
    derivations=(
        derive("closed form", dx(), ("substitute", backward())),
        derive("dx", backward(swapped(dy), swapped(x)), ("symmetry", swapped(backward()))),
        derive("dgamma", inner(swapped(dy), xhat(swapped(x))), ("symmetry", inner(dy, xhat()))),
        derive("dbeta", total(swapped(dy)), ("symmetry", total(dy))),
    ),
)
