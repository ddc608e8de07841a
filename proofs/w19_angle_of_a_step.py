r"""W19. A gradient step turns the weights by exactly arctan(t |g| / |w|).

Statement.
    adjacent side: \sum_{c=1}^{d} w_c (w_c - t \sum_i p_{ic}) = \sum_{c=1}^{d} w_c^2, if v_{1} > 0
    opposite side: \sum_{c=1}^{d} (w_c - t \sum_i p_{ic} - w_c)^2 = t^2 \sum_{c=1}^{d} (\sum_i
        p_{ic})^2, if v_{1} > 0
    right angle: \sum_{c=1}^{d} w_c (w_c - t \sum_i p_{ic} - w_c) = 0, if v_{1} > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1}}}
    where p_{ic} = \frac{u_{ic} \gamma}{\sqrt{v_{1}}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j)

Domain.
    m \ge 2, \epsilon = 0, t > 0

In words.
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
    domain="m >= 2, eps = 0, t > 0",
    derivations=(
        derive("adjacent side", Sum(c, w * new), ("expand", Sum(c, square(w)))),
        derive("opposite side", Sum(c, square(new - w)), ("expand", t**2 * Sum(c, square(slope)))),
        derive("right angle", Sum(c, w * (new - w)), ("normalized", 0)),
    ),
)
