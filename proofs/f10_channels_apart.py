"""F10. A channel depends on its own values only.

Statement.
    Let every channel but the first move in any direction h: the output of the first does not
    change, dy_{i,1} = 0. And the loss summed over two channels has, with respect to the values
    of one of them, the gradient of that channel alone.

Sketch.
    The statistics are sums over the batch, taken channel by channel. The derivative is 0 at
    every point and in every such direction, so the output is constant along them.

Source.
    Ioffe and Szegedy (2015), section 3: each scalar feature is normalized independently.
"""

from bncheck.symbolic.expression import Element, delta, i, j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, batchnorm, c, derivative, loss

channels = Element("x", (i, c))
h = Element("h", (i, c))
first, second = (Element("x", (i, n)) for n in (1, 2))
dy_1, dy_2 = (Element("dy", (i, n)) for n in (1, 2))
both = loss(batchnorm(first), dy_1) + loss(batchnorm(second), dy_2)

theorem = Theorem(
    id="F10",
    title="A channel depends on its own values only",
    derivations=(
        derive(
            "along a move of the others",
            derivative(batchnorm(first), channels, (1 - delta(c, 1)) * h),
            ("chain rule", 0),
        ),
        derive(
            "along a move of all",
            derivative(batchnorm(first), channels, h),
            ("chain rule", backward(Element("h", (i, 1)), first)),
        ),
        derive(
            "gradient of both channels' loss",
            derivative(both, channels, delta(i, j) * delta(c, 1)),
            (
                "sum rule",
                derivative(loss(batchnorm(first), dy_1), channels, delta(i, j) * delta(c, 1)),
            ),
            ("substitute", backward(dy_1, first)[j]),
        ),
    ),
)
