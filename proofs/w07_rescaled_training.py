r"""W07. Training from scaled weights, with scaled rate and eps, is the scaled training.

Statement.
    step: a w_c - a^2 t \sum_i \frac{u_{ic} \gamma}{\sqrt{v_{2} + a^2 \epsilon}} (dy_i -
        \frac{1}{m} \sum_j dy_j - \frac{\tilde{z}_i}{m} \sum_j dy_j \tilde{z}_j) = a (w_c - t
        \sum_i \frac{u_{ic} \gamma}{\sqrt{v_{1} + \epsilon}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j))
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} a w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where v_{2} = \frac{1}{m} \sum_i (g_i - \mu_{1})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1} + \epsilon}}
    where \tilde{z}_i = \frac{g_i - \mu_{1}}{\sqrt{v_{2} + a^2 \epsilon}}

Domain.
    m \ge 1, a > 0, t > 0, \epsilon > 0

In words.
    Start a w_0, rate a^2 t, eps a^2 eps: gradient descent gives a w_n at every step n (a > 0).

Sketch.
    Induction. Start: a w_0. Step: if the scaled run is at a w, its gradient is 1/a times that of
    the plain run at w (W04), so the step subtracts a^2 t / a times it: a times the plain step.

Source.
    Own.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dy, eps, preactivation, square, u, w

a, t = Symbol("a", positive=True), Symbol("t", positive=True)


def slope(weights, epsilon):
    """Return the weight gradient, a vector over the inputs."""
    return Sum(i, u * backward(dy, preactivation(weights), epsilon))


def instances(rng):
    """Run both trainings on a rational stand-in with a gradient of the same homogeneity."""
    for _ in range(3):
        weight, factor = Fraction(rng.randint(1, 9)), Fraction(rng.randint(2, 5))
        rate, epsilon = Fraction(1, rng.randint(2, 9)), Fraction(rng.randint(1, 4))
        plain, scaled = weight, factor * weight
        for step in range(1, 5):
            plain -= rate * plain * epsilon / (plain**2 + epsilon) ** 2
            large = factor**2 * epsilon
            scaled -= factor**2 * rate * scaled * large / (scaled**2 + large) ** 2
            yield f"step {step}, a = {factor}", scaled, factor * plain


theorem = Theorem(
    id="W07",
    title="Rescaled training",
    kind="induction",
    domain="m >= 1, a > 0, t > 0, eps > 0",
    argument="Induction on the number of steps; the start is the assumption.",
    instances=instances,
    derivations=(
        derive(
            "step",
            a * w - square(a) * t * slope(a * w, square(a) * eps),
            ("substitute", a * w - square(a) * t * slope(w, eps) / a),
            ("collect", a * (w - t * slope(w, eps))),
        ),
    ),
)
