"""B24. The pseudo-inverse of the Jacobian.

Statement.
    For eps > 0 and gamma != 0, K v = s / gamma (v - mean(v) + xhat s^2 / (m eps) <xhat, v>) gives
    J K v = K J v = v - mean(v) for every v, and K J K v = K v, J K J v = J v: the backward pass
    can be undone up to a constant.

Sketch.
    On xhat, J multiplies by gamma eps / s^3 and K by its inverse; on the rest both are scalings.

Source.
    A consequence of B07.
"""

from bncheck.symbolic.expression import vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    derivative,
    eps,
    gamma,
    inner,
    m,
    mean,
    std,
    var,
    x,
    xhat,
)

v = vector("v")


def undone(values):
    """Return K applied to a vector."""
    rest = xhat() * (var() + eps) / (m * eps) * inner(xhat(), values)
    return std() / gamma * (values - mean(values) + rest)


theorem = Theorem(
    id="B24",
    title="The pseudo-inverse of the Jacobian",
    domain="m >= 1, eps > 0, gamma != 0",
    derivations=(
        derive("J K", backward(undone(v)), ("collect", v - mean(v))),
        derive("K J", undone(backward(v)), ("collect", v - mean(v))),
        derive("K J K", undone(backward(undone(v))), ("cancel", undone(v))),
        derive("J K J", backward(undone(backward(v))), ("cancel", backward(v))),
        derive("J", derivative(batchnorm(), x, v), ("substitute", backward(v))),
    ),
)
