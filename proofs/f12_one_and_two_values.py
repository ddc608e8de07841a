r"""F12. One value is normalized to 0, two values to plus and minus the same.

Statement.
    m = 1: \gamma \frac{x_1 - x_1}{\sqrt{(x_1 - x_1)^2 + \epsilon}} + \beta = \beta
    m = 2, variance: \frac{r}{2} = (\frac{x_1 - x_2}{2})^2
    m = 2, first value: \frac{x_1 - \bar{x}}{\sqrt{\frac{r}{2} + \epsilon}} = \frac{x_1 - x_2}{2
        \sqrt{g}}
    m = 2, second value: \frac{x_2 - \bar{x}}{\sqrt{\frac{r}{2} + \epsilon}} = -\frac{x_1 - x_2}{2
        \sqrt{g}}
    where \bar{x} = \frac{x_1 + x_2}{2}
    where g = (\frac{x_1 - x_2}{2})^2 + \epsilon
    where r = (x_1 - \bar{x})^2 + (x_2 - \bar{x})^2

Domain.
    m \le 2, \epsilon > 0

In words.
    m = 1: xhat = 0 and y = beta. m = 2, with d = (x_1 - x_2) / 2:
    xhat = (d, -d) / sqrt(d^2 + eps).

Sketch.
    One value is its own mean. For two values mu lies in the middle and var = d^2.

Source.
    Immediate.
"""

from fractions import Fraction

from bncheck.symbolic.expression import sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.trees import unroll
from bncheck.symbolic.vocabulary import batchnorm, beta, eps, square, var, x, xhat


def instances(rng):
    """Normalize batches of two values literally, with eps such that the root is rational."""
    for _ in range(5):
        first, second = Fraction(rng.randint(-9, 9)), Fraction(rng.randint(-9, 9))
        middle, half = (first + second) / 2, (first - second) / 2
        root = abs(half) + rng.randint(1, 5)
        eps = root**2 - half**2
        spread = ((first - middle) ** 2 + (second - middle) ** 2) / 2
        yield f"var + eps at x = ({first}, {second}), eps = {eps}", spread + eps, root**2
        yield (
            f"xhat_1 at x = ({first}, {second}), eps = {eps}",
            (first - middle) / root,
            half / root,
        )
        yield (
            f"xhat_2 at x = ({first}, {second}), eps = {eps}",
            (second - middle) / root,
            -half / root,
        )


d = (x[1] - x[2]) / 2

theorem = Theorem(
    id="F12",
    title="Batches of one and of two values",
    kind="cases",
    domain="m <= 2, eps > 0",
    argument="The sums of the definition are written out for each of the two sizes.",
    instances=instances,
    derivations=(
        derive("m = 1", unroll(batchnorm()[1], "m", 1), ("cancel", beta)),
        derive("m = 2, variance", unroll(var(), "m", 2), ("collect", square(d))),
        derive("m = 2, first value", unroll(xhat()[1], "m", 2), ("collect", d / sqrt(d**2 + eps))),
        derive(
            "m = 2, second value", unroll(xhat()[2], "m", 2), ("collect", -d / sqrt(d**2 + eps))
        ),
    ),
)
