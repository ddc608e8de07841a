r"""I10. The bias of the running average at the start, and its correction.

Statement.
    step: (1 - a) ((1 - q) s + q r_{0}) + a s = (1 - (1 - a) q) s + (1 - a) q r_{0}
    correction: \frac{(1 - q) s + q r_{0} - q r_{0}}{1 - q} = s, if 1 - q \neq 0

Domain.
    everywhere

In words.
    If every statistic has mean s: E r_t = (1 - q) s + q r_0 with q = (1 - a)^t, so
    (r_t - q r_0) / (1 - q) has mean s.

Sketch.
    Induction on t; the expectation is linear (I03).

Source.
    Own; the correction is that of Adam.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive

a, q, s, r_0 = (Symbol(name) for name in ("a", "q", "s", "r_0"))


def instances(rng):
    """Run the recursion of the means literally."""
    for steps in range(1, 5):
        rate, start, level = (Fraction(rng.randint(1, 9), 10) for _ in range(3))
        running = start
        for _ in range(steps):
            running = (1 - rate) * running + rate * level
        left = (1 - rate) ** steps
        yield f"{steps} steps", running, (1 - left) * level + left * start
        yield f"{steps} steps, corrected", (running - left * start) / (1 - left), level


theorem = Theorem(
    id="I10",
    title="The bias of the running average at the start",
    kind="induction",
    domain="everywhere",
    argument="Induction on t; at t = 0, q = 1 and both sides are r_0.",
    instances=instances,
    derivations=(
        derive(
            "step",
            (1 - a) * ((1 - q) * s + q * r_0) + a * s,
            ("expand", (1 - (1 - a) * q) * s + (1 - a) * q * r_0),
        ),
        derive("correction", ((1 - q) * s + q * r_0 - q * r_0) / (1 - q), ("cancel", s)),
    ),
)
