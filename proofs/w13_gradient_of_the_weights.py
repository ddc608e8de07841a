r"""W13. The gradient of the weights; a bias before batch normalization gets none.

Statement.
    bias: \frac{\partial}{\partial b} (\sum_i dy_i (\gamma \frac{z_i + b -
        \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (z_j + b - \mu_{1})^2 + \epsilon}} + \beta)) = 0
    weights, along any direction: \mathrm{D}_{w_c \to q_c} (\sum_i dy_i (\gamma \tilde{x}_i +
        \beta)) = \sum_{c=1}^{d} q_c \sum_i \frac{\gamma}{\sqrt{v_{1} + \epsilon}} (u_{ic} -
        \frac{1}{m} \sum_j u_{jc}) (dy_i - \frac{1}{m} \sum_j dy_j - \frac{\tilde{x}_i}{m} \sum_j
        dy_j \tilde{x}_j)
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i (z_i + b)
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where \tilde{x}_i = \frac{z_i - \bar{x}}{\sqrt{v_{1} + \epsilon}}

Domain.
    m \ge 1, \epsilon > 0

In words.
    dL/db = 0 for a bias b added to W u, and dL/dw = sum_i u_i dL/dz_i, where u may be centred.

Sketch.
    sum dL/dz = 0 (B03), so constants added to u do not contribute.

Source.
    Ioffe and Szegedy (2015), section 3.2.
"""

from bncheck.symbolic.expression import Element, Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    c,
    derivative,
    dy,
    gradient,
    loss,
    mean,
    preactivation,
    u,
    w,
)

b = Symbol("b")
q = Element("q", (c,))
z = preactivation()

theorem = Theorem(
    id="W13",
    title="The gradient of the weights and of a bias",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("bias", gradient(loss(batchnorm(z + b)), b), ("centred", 0)),
        derive(
            "weights, along any direction",
            derivative(loss(batchnorm(z)), w, q),
            ("chain rule", Sum(c, q * Sum(i, u * backward(dy, z)))),
            ("centred", Sum(c, q * Sum(i, (u - mean(u)) * backward(dy, z)))),
        ),
    ),
)
