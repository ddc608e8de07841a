r"""W03. The weight gradient along the weights: zero only if eps is.

Statement.
    along w: \mathrm{D}_{w_c \to w_c} (\sum_i dy_i \tilde{y}_i) = \frac{\gamma \epsilon
        (\frac{\partial}{\partial \gamma} (\sum_i dy_i \tilde{y}_i))}{v_{1} + \epsilon}
    Euler: \mathrm{D}_{w_c \to w_c} (\sum_i dy_i \tilde{y}_i) = -2 \epsilon
        (\frac{\partial}{\partial \epsilon} (\sum_i dy_i \tilde{y}_i))
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where v_{1} = \frac{1}{m} \sum_i (z_i - \bar{x})^2
    where \tilde{y}_i = \gamma \frac{z_i - \bar{x}}{\sqrt{v_{1} + \epsilon}} + \beta

Domain.
    m \ge 1, \epsilon > 0

In words.
    <w, dL/dw> = gamma eps / (var + eps) dL/dgamma = -2 eps dL/deps, var of the preactivations.

Sketch.
    Moving w along itself moves z = W u along itself: B04 and B05.

Source.
    Arora, Li and Lyu (2019), arXiv:1812.03981, Lemma 2.4, at eps = 0, where it is 0.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    derivative,
    eps,
    gamma,
    gradient,
    loss,
    preactivation,
    var,
    w,
)

z = preactivation()
L = loss(batchnorm(z))
along = derivative(L, w, w)

theorem = Theorem(
    id="W03",
    title="The weight gradient along the weights is proportional to eps",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("along w", along, ("chain rule", gamma * eps / (var(z) + eps) * gradient(L, gamma))),
        derive("Euler", along, ("substitute", -2 * eps * gradient(L, eps))),
    ),
)
