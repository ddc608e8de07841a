r"""I04. The rate 1/t gives the arithmetic mean, and forgets the start.

Statement.
    step: \frac{A}{t} (1 - \frac{1}{t + 1}) + \frac{s}{t + 1} = \frac{A + s}{t + 1}

Domain.
    t \ge 1

In words.
    r_t = (1 - 1/t) r_{t-1} + s_t / t has r_t = (s_1 + ... + s_t) / t for t >= 1.

Sketch.
    Induction: at t = 1 the start has weight 0. With A the sum so far, t r_t = (t-1) r_{t-1} + s_t.

Source.
    What torch does with momentum=None.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive

t = Symbol("t", positive=True)
A, s = Symbol("A"), Symbol("s")


def instances(rng):
    """Run the recursion literally."""
    for steps in range(1, 6):
        statistics = [Fraction(rng.randint(-9, 9)) for _ in range(steps)]
        running = Fraction(rng.randint(-9, 9))
        for n, value in enumerate(statistics, 1):
            running = (1 - Fraction(1, n)) * running + value / n
        yield f"{steps} steps", running, sum(statistics) / steps


theorem = Theorem(
    id="I04",
    title="The cumulative average",
    kind="induction",
    domain="t >= 1",
    argument="Induction on t; t = 1 gives s_1 whatever the start.",
    instances=instances,
    derivations=(
        derive("step", (1 - 1 / (t + 1)) * (A / t) + s / (t + 1), ("expand", (A + s) / (t + 1))),
    ),
)
