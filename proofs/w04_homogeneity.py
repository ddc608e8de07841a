"""W04. The weight gradient is homogeneous of degree -1, up to eps.

Statement.
    For a > 0: the gradient of L with eps at a w is 1/a times that with eps / a^2 at w. At eps = 0:
    the Hessian of L applied to w is minus the gradient, and w' H w = 0.

Sketch.
    Differentiate L(a w) = L(w). The second statement differentiates <w, dL/dw> = 0 (W03).
    Directions: q of w. The loss has the curvature h h' in the outputs.

Source.
    van Laarhoven (2017), arXiv:1706.05350; Hoffer et al. (2018), arXiv:1803.01814.
"""

from bncheck.symbolic.expression import Element, Symbol, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    c,
    derivative,
    eps,
    inner,
    loss,
    preactivation,
    square,
    w,
)

a = Symbol("a", positive=True)
q = Element("q", (c,))
h = vector("h")


def some_loss(values, epsilon):
    """Return a loss with gradient and curvature."""
    y = batchnorm(values, eps=epsilon)
    return loss(y) + square(inner(h, y)) / 2


free = some_loss(preactivation(), 0)

theorem = Theorem(
    id="W04",
    title="The weight gradient is homogeneous of degree -1",
    domain="m >= 2, a > 0; eps = 0 where it is said",
    derivations=(
        derive(
            "gradient at a w",
            derivative(some_loss(preactivation(a * w), eps), w, q / a),
            ("substitute", derivative(some_loss(preactivation(), eps / square(a)), w, q) / a),
        ),
        derive(
            "Hessian on w, eps = 0",
            derivative(derivative(free, w, q), w, w) - derivative(derivative(free, w, w), w, q),
            ("symmetry", -derivative(free, w, q)),
        ),
        derive("gradient along w, eps = 0", derivative(free, w, w), ("cancel", 0)),
    ),
)
