r"""W18. How a step of gradient descent moves the direction of the weights.

Statement.
    the direction, when the weights move with velocity -g: \mathrm{D}_{w_i \to -g_i}
        \frac{w_c}{\sqrt{\sum_{i=1}^{d} w_i^2}} = -\frac{g_c - \frac{w_c}{\sqrt{\sum_{i=1}^{d}
        w_i^2}} \sum_{i=1}^{d} \frac{w_i g_i}{\sqrt{\sum_{j=1}^{d} w_j^2}}}{\sqrt{\sum_{i=1}^{d}
        w_i^2}}, if \sum_{i=1}^{d} w_i^2 > 0
    gradient at a w: \mathrm{D}_{w_c \to \frac{q_c}{a}} (\sum_i dy_i (\gamma \frac{p_i -
        \mu_{1}}{\sqrt{v_{2}}} + \beta)) = \frac{\mathrm{D}_{w_c \to q_c} (\sum_i dy_i (\gamma
        \frac{z_i - \bar{x}}{\sqrt{v_{1}}} + \beta))}{a}, if v_{2} > 0, v_{1} > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where p_i = \sum_{c=1}^{d} a w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i p_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where v_{2} = \frac{1}{m} \sum_i (p_i - \mu_{1})^2

Domain.
    \epsilon = 0, a > 0

In words.
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
    domain="eps = 0, a > 0",
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
