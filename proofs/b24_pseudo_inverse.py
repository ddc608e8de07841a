"""B24. The pseudo-inverse of the Jacobian.

Statement.
    For eps > 0 and gamma != 0, K v = s / gamma (v - mean(v) + xhat s^2 / (m eps) <xhat, v>) gives
    J K v = v - mean(v) for every v: the backward pass can be undone up to a constant.

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
undone = std() / gamma * (v - mean(v) + xhat() * (var() + eps) / (m * eps) * inner(xhat(), v))

theorem = Theorem(
    id="B24",
    title="The pseudo-inverse of the Jacobian",
    domain="m >= 1, eps > 0, gamma != 0",
    derivations=(
        derive("J K", backward(undone), ("collect", v - mean(v))),
        derive("J", derivative(batchnorm(), x, v), ("substitute", backward(v))),
    ),
)
