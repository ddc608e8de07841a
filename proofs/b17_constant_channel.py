"""B17. The gradient of a constant channel.

Statement.
    If x is constant and eps > 0: dx = gamma / sqrt(eps) (dy - mean dy) and dgamma = 0.

Sketch.
    xhat = 0 and var = 0 in the compact form (B01).

Source.
    A consequence of B01.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dx, dy, eps, gamma, inner, mean, x, xhat

c = Symbol("c")
constant = c + 0 * x

theorem = Theorem(
    id="B17",
    title="The gradient of a constant channel",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("dx", backward(dy, constant), ("cancel", gamma / sqrt(eps) * (dy - mean(dy)))),
        derive("dgamma", inner(dy, xhat(constant)), ("cancel", 0)),
        derive("dx of the linear part", backward(dy, x), ("definition", dx())),
    ),
)
