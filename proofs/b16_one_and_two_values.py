r"""B16. The gradient of a batch of one and of two values.

Statement.
    m = 1, dx: \frac{\gamma}{\sqrt{(x_1 - x_1)^2 + \epsilon}} (dy_1 - dy_1 - \tilde{x} dy_1
        \tilde{x}) = 0
    m = 1, dgamma: dy_1 \tilde{x} = 0
    m = 2, dx_1: \frac{\gamma}{\sqrt{\frac{h}{2} + \epsilon}} (dy_1 - \frac{1}{2} (dy_1 + dy_2) -
        \frac{\tilde{h}}{2} (dy_1 \tilde{h} + dy_2 \tilde{z})) = \frac{\gamma \epsilon}{2 r^{3/2}}
        (dy_1 - dy_2)
    m = 2, dx_2: \frac{\gamma}{\sqrt{\frac{h}{2} + \epsilon}} (dy_2 - \frac{1}{2} (dy_1 + dy_2) -
        \frac{\tilde{z}}{2} (dy_1 \tilde{h} + dy_2 \tilde{z})) = -\frac{\gamma \epsilon}{2 r^{3/2}}
        (dy_1 - dy_2)
    where \bar{x} = \frac{x_1 + x_2}{2}
    where r = (\frac{x_1 - x_2}{2})^2 + \epsilon
    where \tilde{x} = \frac{x_1 - x_1}{\sqrt{(x_1 - x_1)^2 + \epsilon}}
    where h = (x_1 - \bar{x})^2 + (x_2 - \bar{x})^2
    where \tilde{z} = \frac{x_2 - \bar{x}}{\sqrt{\frac{h}{2} + \epsilon}}
    where \tilde{h} = \frac{x_1 - \bar{x}}{\sqrt{\frac{h}{2} + \epsilon}}

Domain.
    m \le 2, \epsilon > 0

In words.
    m = 1: dx = 0, dgamma = 0, dbeta = dy. m = 2, d = (x_1 - x_2) / 2, s = sqrt(d^2 + eps):
    dx_1 = gamma eps / (2 s^3) (dy_1 - dy_2) = -dx_2, which dies as eps -> 0.

Sketch.
    Write the sums of the compact form (B01) out.

Source.
    A consequence of B01.
"""

from fractions import Fraction

from bncheck.symbolic.expression import sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.trees import unroll
from bncheck.symbolic.vocabulary import backward, dy, eps, gamma, inner, square, x, xhat

d = (x[1] - x[2]) / 2
half = gamma * eps / (2 * sqrt(square(d) + eps) ** 3) * (dy[1] - dy[2])


def instances(rng):
    """Evaluate the compact form literally for two values, with a rational root."""
    for _ in range(5):
        first, second, g1, g2 = (Fraction(rng.randint(-9, 9)) for _ in range(4))
        half_difference = (first - second) / 2
        root = abs(half_difference) + rng.randint(1, 4)
        epsilon = root**2 - half_difference**2
        middle = (first + second) / 2
        spread = ((first - middle) ** 2 + (second - middle) ** 2) / 2
        yield f"var + eps at x = ({first}, {second}), eps = {epsilon}", spread + epsilon, root**2
        normalized = half_difference / root
        bracket = g1 - (g1 + g2) / 2 - normalized * (g1 * normalized - g2 * normalized) / 2
        yield (
            f"x = ({first}, {second}), eps = {epsilon}",
            bracket / root,
            epsilon * (g1 - g2) / (2 * root**3),
        )


theorem = Theorem(
    id="B16",
    title="Gradients of batches of one and of two values",
    kind="cases",
    domain="m <= 2, eps > 0",
    argument="The sums of the compact form, which B01 proves, are written out for each size.",
    instances=instances,
    derivations=(
        derive("m = 1, dx", unroll(backward()[1], "m", 1), ("cancel", 0)),
        derive("m = 1, dgamma", unroll(inner(dy, xhat()), "m", 1), ("cancel", 0)),
        derive("m = 2, dx_1", unroll(backward()[1], "m", 2), ("collect", half)),
        derive("m = 2, dx_2", unroll(backward()[2], "m", 2), ("collect", -half)),
    ),
)
