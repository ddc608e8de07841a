"""B22. The gradients of dL/dgamma.

Statement.
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
