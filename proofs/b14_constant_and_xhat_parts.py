"""B14. A constant, or a multiple of xhat, added to the cotangent.

Statement.
    dy + c leaves dx and dgamma and adds m c to dbeta. dy + k xhat adds k gamma eps / s^3 xhat to
    dx and k m rho to dgamma, with rho = var / (var + eps).

Sketch.
    Linearity (B06) and the probes (B10).

Source.
    A consequence of B06 and B10.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dbeta,
    dgamma,
    dx,
    dy,
    eps,
    gamma,
    inner,
    m,
    std,
    var,
    xhat,
)

c, k = Symbol("c"), Symbol("k")
shifted, tilted = dy + c, dy + k * xhat()

theorem = Theorem(
    id="B14",
    title="Parts of the cotangent that are lost",
    derivations=(
        derive("constant, dx", dx(shifted), ("centred", dx())),
        derive("constant, dgamma", dgamma(shifted), ("normalized", dgamma())),
        derive("constant, dbeta", dbeta(shifted), ("linearity", dbeta() + m * c)),
        derive(
            "xhat, dx",
            backward(tilted),
            ("normalized", backward() + k * gamma * eps / std() ** 3 * xhat()),
        ),
        derive(
            "xhat, dgamma",
            inner(tilted, xhat()),
            ("normalized", inner(dy, xhat()) + k * m * var() / (var() + eps)),
        ),
    ),
)
