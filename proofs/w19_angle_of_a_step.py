"""W19. A gradient step turns the weights by exactly arctan(t |g| / |w|).

Statement.
    At eps = 0, with g = dL/dw: <w, w'> = |w|^2 and |w' - w|^2 = t^2 |g|^2 with w' - w orthogonal to
    w, so the tangent of the angle between w and w' is t |g| / |w|.

Sketch.
    g is orthogonal to w (W03): w, w' and 0 form a right triangle.

Source.
    Own.
"""

from bncheck.symbolic.expression import Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, c, dy, preactivation, square, u, w

t = Symbol("t", positive=True)
slope = Sum(i, u * backward(dy, preactivation(), 0))
new = w - t * slope

theorem = Theorem(
    id="W19",
    title="The angle of a gradient step",
    domain="m >= 2, eps = 0",
    derivations=(
        derive("adjacent side", Sum(c, w * new), ("expand", Sum(c, square(w)))),
        derive("opposite side", Sum(c, square(new - w)), ("expand", t**2 * Sum(c, square(slope)))),
        derive("right angle", Sum(c, w * (new - w)), ("normalized", 0)),
    ),
)
