r"""W04. The weight gradient is homogeneous of degree -1, up to eps.

Statement.
    gradient at a w: \mathrm{D}_{w_c \to \frac{q_c}{a}} (\sum_i dy_i b_i + \frac{(\sum_i h_i
        b_i)^2}{2}) = \frac{\mathrm{D}_{w_c \to q_c} (\sum_i dy_i t_i + \frac{(\sum_i h_i
        t_i)^2}{2})}{a}
    Hessian on w, eps = 0: \mathrm{D}_{w_c \to w_c} (\mathrm{D}_{w_c \to q_c} k) - \mathrm{D}_{w_c
        \to q_c} (\mathrm{D}_{w_c \to w_c} k) = -\mathrm{D}_{w_c \to q_c} k, if v_{1} > 0
    gradient along w, eps = 0: \mathrm{D}_{w_c \to w_c} k = 0, if v_{1} > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} a w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where \tilde{y}_i = \gamma \frac{z_i - \bar{x}}{\sqrt{v_{1}}} + \beta
    where v = (\sum_i h_i \tilde{y}_i)^2
    where t_i = \gamma \frac{z_i - \bar{x}}{\sqrt{v_{1} + \frac{\epsilon}{a^2}}} + \beta
    where b_i = \gamma \frac{g_i - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (g_j - \mu_{1})^2 + \epsilon}}
        + \beta
    where k = \sum_i dy_i \tilde{y}_i + \frac{v}{2}

Domain.
    m \ge 2, a > 0, \epsilon > 0

In words.
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
    domain="m >= 2, a > 0, eps > 0",
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
