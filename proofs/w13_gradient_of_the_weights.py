"""W13. The gradient of the weights; a bias before batch normalization gets none.

Statement.
    dL/db = 0 for a bias b added to W u, and dL/dw = sum_i u_i dL/dz_i, where u may be centred.

Sketch.
    sum dL/dz = 0 (B03), so constants added to u do not contribute.

Source.
    Ioffe and Szegedy (2015), section 3.2.
"""

from bncheck.symbolic.expression import Element, Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    c,
    derivative,
    dy,
    gradient,
    loss,
    mean,
    preactivation,
    u,
    w,
)

b = Symbol("b")
q = Element("q", (c,))
z = preactivation()

theorem = Theorem(
    id="W13",
    title="The gradient of the weights and of a bias",
    derivations=(
        derive("bias", gradient(loss(batchnorm(z + b)), b), ("centred", 0)),
        derive(
            "weights, along any direction",
            derivative(loss(batchnorm(z)), w, q),
            ("chain rule", Sum(c, q * Sum(i, u * backward(dy, z)))),
            ("centred", Sum(c, q * Sum(i, (u - mean(u)) * backward(dy, z)))),
        ),
    ),
)
