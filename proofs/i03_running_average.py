r"""I03. The running average in closed form.

Statement.
    step: (1 - a) (q r_{0} + a A) + a s = (1 - a) q r_{0} + a ((1 - a) A + s)
    weights sum to 1: (1 - a) (1 - q) + a = 1 - (1 - a) q
    constant statistic: (1 - a) (s + q (r_{0} - s)) + a s = s + (1 - a) q (r_{0} - s)

Domain.
    everywhere

In words.
    r_t = (1 - a) r_{t-1} + a s_t has r_t = (1 - a)^t r_0 + a sum_{k=1}^t (1 - a)^{t-k} s_k. The
    weights sum to 1, and for a constant statistic s: r_t = s + (1 - a)^t (r_0 - s).

Sketch.
    Induction on t with q = (1 - a)^t and A = sum_{k <= t} (1 - a)^{t-k} s_k; from t to t + 1 they
    become (1 - a) q and (1 - a) A + s.

Source.
    Ioffe and Szegedy (2015), section 3.1, moving averages.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive

a, q, A, s, r_0 = (Symbol(name) for name in ("a", "q", "A", "s", "r_0"))


def instances(rng):
    """Run the recursion literally and compare with the closed form."""
    for steps in range(5):
        rate, start = Fraction(rng.randint(1, 9), 10), Fraction(rng.randint(-9, 9))
        statistics = [Fraction(rng.randint(-9, 9)) for _ in range(steps)]
        running = start
        for value in statistics:
            running = (1 - rate) * running + rate * value
        weights = [rate * (1 - rate) ** (steps - n) for n in range(1, steps + 1)]
        closed = (1 - rate) ** steps * start + sum(
            weight * value for weight, value in zip(weights, statistics, strict=True)
        )
        yield f"{steps} steps", running, closed
        yield f"weights of {steps} steps", (1 - rate) ** steps + sum(weights), 1


theorem = Theorem(
    id="I03",
    title="The running average in closed form",
    kind="induction",
    domain="everywhere",
    argument="Induction on t; at t = 0 both sides are r_0.",
    instances=instances,
    derivations=(
        derive(
            "step",
            (1 - a) * (q * r_0 + a * A) + a * s,
            ("expand", (1 - a) * q * r_0 + a * ((1 - a) * A + s)),
        ),
        # the weights: W = a sum (1 - a)^{t-k} = 1 - q
        derive("weights sum to 1", (1 - a) * (1 - q) + a, ("expand", 1 - (1 - a) * q)),
        derive(
            "constant statistic",
            (1 - a) * (s + q * (r_0 - s)) + a * s,
            ("expand", s + (1 - a) * q * (r_0 - s)),
        ),
    ),
)
