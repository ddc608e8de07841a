r"""B22. The gradients of dL/dgamma.

Statement.
    by x: \gamma (\frac{\partial}{\partial x_j} dgamma) = \frac{\gamma}{s} (dy_j - \frac{1}{m}
        \sum_i dy_i - \frac{\hat{x}_j}{m} \sum_i dy_i \hat{x}_i)
    by dy: \frac{\partial}{\partial dy_j} dgamma = \hat{x}_j
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    With dgamma = <dy, xhat>: d dgamma / dx is the backward pass with gamma = 1, and
    d dgamma / d dy = xhat.

Sketch.
    dgamma is the loss with gamma = 1, beta = 0.

Source.
    A consequence of B01.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dgamma, dy, gamma, gradient, x, xhat

theorem = Theorem(
    id="B22",
    title="The gradients of dL/dgamma",
    derivations=(
        derive("by x", gamma * gradient(dgamma(), x, j), ("substitute", backward()[j])),
        derive("by dy", gradient(dgamma(), dy, j), ("linearity", xhat()[j])),
    ),
)
