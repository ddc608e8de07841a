"""W06. The effective learning rate is t / |w|^2.

Statement.
    At eps = 0, for any a > 0 in place of the norm: (w - t g(w)) / a = w/a - (t / a^2) g(w / a),
    with g the gradient of the loss. With a = |w|, the direction of w moves with rate t / |w|^2.

Sketch.
    g(w / a) = a g(w) by W04.

Source.
    van Laarhoven (2017), arXiv:1706.05350; Hoffer et al. (2018), arXiv:1803.01814.
"""

from bncheck.symbolic.expression import Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dy, preactivation, square, u, w

a, t = Symbol("a", positive=True), Symbol("t", positive=True)


def slope(weights):
    """Return the weight gradient at eps = 0, a vector over the inputs."""
    return Sum(i, u * backward(dy, preactivation(weights), 0))


theorem = Theorem(
    id="W06",
    title="The effective learning rate is t / |w|^2",
    domain="m >= 2, eps = 0, a > 0",
    derivations=(
        derive("gradient", slope(w / a), ("substitute", a * slope(w))),
        derive(
            "step", (w - t * slope(w)) / a, ("substitute", w / a - t / square(a) * slope(w / a))
        ),
    ),
)
