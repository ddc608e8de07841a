r"""F09. Permuting the batch permutes the output.

Statement.
    mean: p = \mu
    variance: \frac{1}{m} \sum_i (x_i + g_i - p)^2 = \sigma^2
    output: \frac{x_i + g_i - p}{\sqrt{\frac{1}{m} \sum_j (x_j + g_j - p)^2 + \epsilon}} =
        \hat{x}_i + (\delta_{i1} - \delta_{i2}) (\hat{x}_2 - \hat{x}_1)
    where g_i = (\delta_{i1} - \delta_{i2}) (x_2 - x_1)
    where p = \frac{1}{m} \sum_i (x_i + g_i)

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    BN(P x) = P BN(x) for every permutation P of the m values (over batch and space, if there is
    space), and permuting the channels with their gamma and beta permutes the outputs' channels.

Sketch.
    Every permutation is a product of swaps of two places. With p and q the entries swapped,
    x' = x + (delta_i1 - delta_i2)(x_2 - x_1) has the same mean and variance. Which two places are
    called 1 and 2 is of no account: nothing is used but that they differ. For channels there is
    nothing to prove: each is computed by one and the same function of its own values.

Source.
    Sums are symmetric.
"""

from fractions import Fraction
from itertools import permutations

from bncheck.symbolic.expression import delta, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import mean, mu, square, var, x, xhat


def swapped(values):
    """Return the vector with its first two entries swapped."""
    return values + (delta(i, 1) - delta(i, 2)) * (values[2] - values[1])


def normalized(batch, epsilon):
    """Return the signed squares of the normalized batch, which are rational."""
    centre = sum(batch) / len(batch)
    variance = sum((v - centre) ** 2 for v in batch) / len(batch)
    return tuple((v - centre) * abs(v - centre) / (variance + epsilon) for v in batch)


def instances(rng):
    """Evaluate all permutations of a batch of four values, and one batch whose output is known."""
    quarter = Fraction(1, 4)
    yield "x = (0, 2), eps = 3", normalized((Fraction(0), Fraction(2)), 3), (-quarter, quarter)
    batch = tuple(Fraction(rng.randint(-9, 9)) for _ in range(4))
    epsilon = Fraction(1, rng.randint(1, 9))
    plain = normalized(batch, epsilon)
    for order in permutations(range(4)):
        permuted = normalized(tuple(batch[at] for at in order), epsilon)
        yield f"x in the order {order}", permuted, tuple(plain[at] for at in order)


theorem = Theorem(
    id="F09",
    title="Permuting the batch permutes the output",
    kind="induction",
    domain="m >= 2, var + eps > 0",
    argument="Every permutation is a product of swaps; the equations are the step.",
    instances=instances,
    derivations=(
        derive("mean", mean(swapped(x)), ("symmetry", mu())),
        derive("variance", mean(square(swapped(x) - mean(swapped(x)))), ("symmetry", var())),
        derive("output", xhat(swapped(x)), ("symmetry", swapped(xhat()))),
    ),
)
