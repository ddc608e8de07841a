r"""W05. What a gradient step does to the norm of the weights.

Statement.
    gradient: \frac{\partial}{\partial w_e} (\sum_i dy_i (\gamma \tilde{x}_i + \beta)) = \sum_i
        h_{i,e}
    squared norm: \sum_{c=1}^{d} (w_c - t \sum_i h_{ic})^2 = \sum_{c=1}^{d} w_c^2 + t^2
        \sum_{c=1}^{d} (\sum_i h_{ic})^2 - \frac{2 t \gamma \epsilon}{v_{1} + \epsilon} \sum_i dy_i
        \tilde{x}_i
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1} + \epsilon}}
    where h_{i,e} = \frac{u_{i,e} \gamma}{\sqrt{v_{1} + \epsilon}} (dy_i - \frac{1}{m} \sum_j dy_j
        - \frac{\tilde{x}_i}{m} \sum_j dy_j \tilde{x}_j)

Domain.
    m \ge 1, t > 0, \epsilon > 0

In words.
    With w' = w - t dL/dw: |w'|^2 = |w|^2 + t^2 |dL/dw|^2 - 2 t gamma eps / (var + eps) dL/dgamma.
    At eps = 0 the norm never shrinks.

Sketch.
    Expand the square; the middle term is W03.

Source.
    Arora, Li and Lyu (2019), arXiv:1812.03981; Salimans and Kingma (2016), section 2.1.
"""

from bncheck.symbolic.expression import Element, Index, Sum, Symbol, delta, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    c,
    derivative,
    dy,
    eps,
    gamma,
    inner,
    loss,
    preactivation,
    square,
    u,
    var,
    w,
    xhat,
)

t = Symbol("t", positive=True)
z = preactivation()
L = loss(batchnorm(z))
# closed form of dL/dw_c: sum over the batch of u_ic times dL/dz_i
slope = Sum(i, u * backward(dy, z))

theorem = Theorem(
    id="W05",
    title="A gradient step and the norm of the weights",
    domain="m >= 1, t > 0, eps > 0",
    derivations=(
        derive(
            "gradient",
            derivative(L, w, delta(c, Index("e", "d"))),
            ("chain rule", Sum(i, Element("u", (i, Index("e", "d"))) * backward(dy, z))),
        ),
        derive(
            "squared norm",
            Sum(c, square(w - t * slope)),
            (
                "expand",
                Sum(c, square(w)) + t**2 * Sum(c, square(slope)) - 2 * t * Sum(c, w * slope),
            ),
            (
                "substitute",
                Sum(c, square(w))
                + t**2 * Sum(c, square(slope))
                - 2 * t * gamma * eps / (var(z) + eps) * inner(dy, xhat(z)),
            ),
        ),
    ),
)
