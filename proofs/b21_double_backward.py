"""B21. Double backward: the gradients of the gradient.

Statement.
    For F = <v, dx> with weights v, and C v = v - mean(v):
    dF/dx = -gamma / (m s^2) (<Cv, C dy> xhat + <xhat, dy> Cv + <xhat, v> C dy
            - (3 / m) <xhat, v> <xhat, dy> xhat),
    dF/d dy = J v = gamma / s (v - mean(v) - xhat mean(v xhat)), dF/dgamma = F / gamma.

Sketch.
    F is a second directional derivative of the loss: contract B20 with dy and v.

Source.
    Own; what automatic differentiation computes for create_graph=True.
"""

from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dx,
    dy,
    gamma,
    gradient,
    inner,
    m,
    mean,
    std,
    x,
    xhat,
)

v = vector("v")
F = inner(v, dx())
cv, cg = v - mean(v), dy - mean(dy)
bracket = (
    inner(cv, cg) * xhat()
    + inner(xhat(), dy) * cv
    + inner(xhat(), v) * cg
    - 3 / m * inner(xhat(), v) * inner(xhat(), dy) * xhat()
)

theorem = Theorem(
    id="B21",
    title="Double backward",
    derivations=(
        derive("F", F, ("substitute", inner(v, backward()))),
        derive(
            "dF/dx",
            gradient(F, x, j),
            ("product rule", (-gamma / (m * std() ** 2) * bracket)[j]),
        ),
        derive("dF/d dy", gradient(F, dy, j), ("symmetry", backward(v)[j])),
        derive("dF/dgamma", gamma * gradient(F, gamma), ("linearity", F)),
    ),
)
