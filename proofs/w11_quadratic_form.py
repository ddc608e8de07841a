"""W11. The variance of W u is a quadratic form of the weights.

Statement.
    With U~ the centred inputs and S = mean(U~ U~'): var(W u) = w' S w, and
    dL/dw = (gamma / s)(U~' dy - S w (w' U~' dy) / s^2), s = sqrt(w' S w + eps).

Sketch.
    z = W u has centred values U~ w.

Source.
    Kohler et al. (2019), arXiv:1805.10694.
"""

from bncheck.symbolic.expression import Element, Index, Sum, i, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    c,
    derivative,
    dy,
    eps,
    gamma,
    loss,
    mean,
    preactivation,
    u,
    var,
    w,
)

e = Index("e", "d")
z = preactivation()
centred_u = u - mean(u)
centred_e = Element("u", (i, e)) - mean(Element("u", (i, e)))
S = mean(centred_u * centred_e)
w_e = Element("w", (e,))
form = Sum(c, Sum(e, w * S * w_e))
s = sqrt(form + eps)
Sw = Sum(e, S * w_e)
pulled = Sum(i, centred_u * dy)
closed = gamma / s * (pulled - Sw * Sum(c, w * pulled) / s**2)
f = Index("f", "d")

theorem = Theorem(
    id="W11",
    title="The variance of W u is a quadratic form of the weights",
    derivations=(
        derive("variance", var(z), ("linearity", form)),
        derive(
            "gradient", derivative(loss(batchnorm(z)), w, w), ("chain rule", Sum(c, w * closed))
        ),
        derive(
            "gradient along any direction",
            derivative(loss(batchnorm(z)), w, Element("q", (c,))),
            ("chain rule", Sum(c, Element("q", (c,)) * closed)),
        ),
    ),
)
