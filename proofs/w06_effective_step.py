r"""W06. The effective learning rate is t / |w|^2.

Statement.
    gradient: \sum_i b_{ic} = a \sum_i v_{ic}, if v_{2} > 0, v_{1} > 0
    step: \frac{w_c - t \sum_i v_{ic}}{a} = \frac{w_c}{a} - \frac{t}{a^2} \sum_i b_{ic}, if v_{1} >
        0, v_{2} > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} \frac{w_c u_{ic}}{a}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where v_{2} = \frac{1}{m} \sum_i (g_i - \mu_{1})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1}}}
    where \tilde{z}_i = \frac{g_i - \mu_{1}}{\sqrt{v_{2}}}
    where v_{ic} = \frac{u_{ic} \gamma}{\sqrt{v_{1}}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j)
    where b_{ic} = \frac{u_{ic} \gamma}{\sqrt{v_{2}}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{z}_i}{m} \sum_j dy_j \tilde{z}_j)

Domain.
    m \ge 2, \epsilon = 0, a > 0, t > 0

In words.
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
    domain="m >= 2, eps = 0, a > 0, t > 0",
    derivations=(
        derive("gradient", slope(w / a), ("substitute", a * slope(w))),
        derive(
            "step", (w - t * slope(w)) / a, ("substitute", w / a - t / square(a) * slope(w / a))
        ),
    ),
)
