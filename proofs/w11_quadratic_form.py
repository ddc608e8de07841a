r"""W11. The variance of W u is a quadratic form of the weights.

Statement.
    variance: v_{1} = t
    gradient: \mathrm{D}_{w_c \to w_c} (\sum_i dy_i \tilde{y}_i) = \sum_{c=1}^{d} \frac{w_c \gamma
        K_c}{\sqrt{t + \epsilon}}, if t + \epsilon \neq 0, t + \epsilon > 0
    gradient along any direction: \mathrm{D}_{w_c \to q_c} (\sum_i dy_i \tilde{y}_i) =
        \sum_{c=1}^{d} \frac{q_c \gamma K_c}{\sqrt{t + \epsilon}}, if t + \epsilon \neq 0, t +
        \epsilon > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where r_{i,e} = u_{i,e} - \frac{1}{m} \sum_j u_{j,e}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where v_{c,e} = \frac{w_c w_e}{m} \sum_i r_{ic} r_{i,e}
    where t = \sum_{c=1}^{d} \sum_{e=1}^{d} v_{c,e}
    where \tilde{y}_i = \gamma \frac{z_i - \bar{x}}{\sqrt{v_{1} + \epsilon}} + \beta
    where K_c = \sum_i r_{ic} dy_i - \frac{1}{t + \epsilon} (\sum_{e=1}^{d} \frac{w_e}{m} \sum_i
        r_{ic} r_{i,e}) \sum_{i=1}^{d} w_i \sum_j r_{ji} dy_j

Domain.
    m \ge 1, \epsilon > 0

In words.
    With Z the centred inputs and S = mean(Z Z'): var(W u) = w' S w, and
    dL/dw = (gamma / s)(Z' dy - S w (w' Z' dy) / s^2), s = sqrt(w' S w + eps).

Sketch.
    z = W u has centred values Z w.

Source.
    Kohler et al. (2019), arXiv:1805.10694.
"""

from bncheck.symbolic.expression import Element, Index, Sum, i, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    c,
    derivative,
    dy,
    eps,
    gamma,
    loss,
    mean,
    preactivation,
    u,
    var,
    w,
)

e = Index("e", "d")
z = preactivation()
centred_u = u - mean(u)
centred_e = Element("u", (i, e)) - mean(Element("u", (i, e)))
S = mean(centred_u * centred_e)
w_e = Element("w", (e,))
form = Sum(c, Sum(e, w * S * w_e))
s = sqrt(form + eps)
Sw = Sum(e, S * w_e)
pulled = Sum(i, centred_u * dy)
closed = gamma / s * (pulled - Sw * Sum(c, w * pulled) / s**2)
f = Index("f", "d")

theorem = Theorem(
    id="W11",
    title="The variance of W u is a quadratic form of the weights",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("variance", var(z), ("linearity", form)),
        derive(
            "gradient", derivative(loss(batchnorm(z)), w, w), ("chain rule", Sum(c, w * closed))
        ),
        derive(
            "gradient along any direction",
            derivative(loss(batchnorm(z)), w, Element("q", (c,))),
            ("chain rule", Sum(c, Element("q", (c,)) * closed)),
        ),
    ),
)
