r"""W09. The equilibrium norm under weight decay, and the angle of a step there.

Statement.
    a step: \sum_{c=1}^{d} ((1 - t l) w_c - t \sum_i h_{ic})^2 = (1 - t l)^2 g + t^2 \sum_{c=1}^{d}
        (\sum_i h_{ic})^2, if v_{1} > 0
    inner product with the step: \sum_{c=1}^{d} w_c ((1 - t l) w_c - t \sum_i h_{ic}) = (1 - t l)
        g, if v_{1} > 0
    equilibrium: (1 - t l)^2 b + \frac{t^2 b^2 l}{t b} (2 - t l) = b
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g = \sum_{c=1}^{d} w_c^2
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1}}}
    where h_{ic} = \frac{u_{ic} \gamma}{\sqrt{v_{1}}} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j)

Domain.
    m \ge 2, \epsilon = 0, t > 0, l > 0, t l < 1, b > 0

In words.
    At eps = 0, with r = 1 - t l and G the squared gradient norm on the unit sphere: the squared
    norm b = |w|^2 becomes r^2 b + t^2 G / b. It stays if and only if b^2 = t G / (l (2 - t l)), and
    then the cosine of the angle of a step is r.

Sketch.
    The gradient is orthogonal to w (W03), and its square is G / |w|^2 (W04). <w, w'> = r b, and
    |w'| = |w| in equilibrium.

Source.
    van Laarhoven (2017), arXiv:1706.05350; the exact form is own.
"""

from bncheck.symbolic.expression import Named, Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, c, dy, preactivation, square, u, w

t, decay, b = (Symbol(name, positive=True) for name in ("t", "l", "b"))
r = 1 - t * decay
G = square(b) * decay * (2 - t * decay) / t


def slope():
    """Return the weight gradient at eps = 0, a vector over the inputs."""
    return Sum(i, u * backward(dy, preactivation(), 0))


squared = Named("norm", (), Sum(c, square(w)))

theorem = Theorem(
    id="W09",
    title="Equilibrium of the norm under weight decay",
    domain="m >= 2, eps = 0, t > 0, l > 0, t l < 1, b > 0",
    derivations=(
        derive(
            "a step",
            Sum(c, square(r * w - t * slope())),
            ("expand", square(r) * squared + t**2 * Sum(c, square(slope()))),
        ),
        derive(
            "inner product with the step",
            Sum(c, w * (r * w - t * slope())),
            ("expand", r * squared),
        ),
        derive("equilibrium", square(r) * b + t**2 * G / b, ("expand", b)),
    ),
)
