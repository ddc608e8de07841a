r"""F10. A channel depends on its own values only.

Statement.
    along a move of the others: \mathrm{D}_{x_{jc} \to (1 - \delta_{c1}) h_{jc}} \tilde{y}_i = 0
    along a move of all: \mathrm{D}_{x_{jc} \to h_{jc}} \tilde{y}_i =
        \frac{\gamma}{\sqrt{\frac{g}{m} + \epsilon}} (h_{i,1} - \frac{1}{m} \sum_j h_{j,1} -
        \frac{\tilde{x}_i}{m} \sum_j h_{j,1} \tilde{x}_j)
    gradient of both channels' loss: \mathrm{D}_{x_{ic} \to \delta_{ij} \delta_{c1}} (\sum_i
        dy_{i,1} \tilde{y}_i + \sum_i dy_{i,2} (\gamma \frac{x_{i,2} - \mu_{1}}{\sqrt{\frac{1}{m}
        \sum_k (x_{k,2} - \mu_{1})^2 + \epsilon}} + \beta)) = \frac{\gamma}{\sqrt{\frac{g}{m} +
        \epsilon}} (dy_{j,1} - \frac{1}{m} \sum_i dy_{i,1} - \frac{\tilde{x}_j}{m} \sum_i dy_{i,1}
        \tilde{x}_i)
    where \bar{x} = \frac{1}{m} \sum_i x_{i,1}
    where \mu_{1} = \frac{1}{m} \sum_i x_{i,2}
    where g = \sum_i (x_{i,1} - \bar{x})^2
    where \tilde{x}_i = \frac{x_{i,1} - \bar{x}}{\sqrt{\frac{g}{m} + \epsilon}}
    where \tilde{y}_i = \gamma \tilde{x}_i + \beta

Domain.
    m \ge 1, \epsilon > 0

In words.
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
    domain="m >= 1, eps > 0",
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
