"""W18. How a step of gradient descent moves the direction of the weights.

Statement.
    At eps = 0, with n = w / |w|: after w' = w - h grad L(w), the direction is
    n' = n - h / |w|^2 (I - n n') grad L(n) + O(h^2).

Sketch.
    The derivative of (w - h g) / |w - h g| by h at h = 0 is -(I - n n') g / |w|, and the gradient
    is homogeneous of degree -1: grad L(w) = grad L(n) / |w| (W04 at eps = 0). The rest of Taylor's
    formula is O(h^2), since the direction is smooth at w != 0.

Source.
    Hoffer et al. (2018), arXiv:1803.01814.
"""

from bncheck.symbolic.expression import Element, Sum, Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, c, derivative, loss, preactivation, square, w

a = Symbol("a", positive=True)
g, q = Element("g", (c,)), Element("q", (c,))
length = sqrt(Sum(c, square(w)))
n = w / length

theorem = Theorem(
    id="W18",
    title="How a step moves the direction of the weights",
    kind="limit",
    domain="eps = 0, w != 0",
    argument="Taylor's formula: a smooth function of h is its value and h times its derivative at "
    "0, up to O(h^2).",
    derivations=(
        derive(
            "the direction, when the weights move with velocity -g",
            derivative(n, w, -g),
            ("product rule", -(g - n * Sum(c, n * g)) / length),
        ),
        derive(
            "gradient at a w",
            derivative(loss(batchnorm(preactivation(a * w), eps=0)), w, q / a),
            ("substitute", derivative(loss(batchnorm(preactivation(), eps=0)), w, q) / a),
        ),
    ),
)
