r"""I09. The variance of the running average of independent statistics.

Statement.
    step: \frac{(1 - a)^2 a V}{2 - a} (1 - q) + a^2 V = \frac{a V}{2 - a} (1 - (1 - a)^2 q)

Domain.
    a < 2

In words.
    For independent s_k of variance V: Var(r_t) = a / (2 - a) (1 - (1 - a)^{2t}) V.

Sketch.
    Var(r_t) = (1 - a)^2 Var(r_{t-1}) + a^2 V. Induction on t, with q = (1 - a)^{2t}.

Source.
    Own.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import square

a, q, V = (Symbol(name) for name in ("a", "q", "V"))


def instances(rng):
    """Sum the squared weights literally."""
    for steps in range(5):
        rate = Fraction(rng.randint(1, 9), 10)
        weights = [rate * (1 - rate) ** (steps - n) for n in range(1, steps + 1)]
        closed = rate / (2 - rate) * (1 - (1 - rate) ** (2 * steps))
        yield f"{steps} steps", sum(weight**2 for weight in weights), closed


theorem = Theorem(
    id="I09",
    title="The variance of the running average",
    kind="induction",
    domain="a < 2",
    argument="Induction on t; at t = 0 both sides are 0.",
    instances=instances,
    derivations=(
        derive(
            "step",
            square(1 - a) * (a / (2 - a) * (1 - q) * V) + square(a) * V,
            ("expand", a / (2 - a) * (1 - square(1 - a) * q) * V),
        ),
    ),
)
