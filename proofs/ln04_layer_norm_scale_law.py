r"""LN04. Layer normalization: the scale of a row, with its eps.

Statement.
    output: \gamma_i \tilde{x}_i + \beta_i = \frac{\gamma_i \sqrt{a^2} (x_i - \mu)}{a
        \sqrt{\sigma^2 + \frac{\epsilon}{a^2}}} + \beta_i
    along x: \mathrm{D}_{x_i \to x_i} (\sum_i h_i \tilde{x}_i) = \frac{\epsilon}{a^2 \sigma^2 +
        \epsilon} \sum_i h_i \tilde{x}_i
    where \mu_{1} = \frac{1}{m} \sum_i a x_i
    where v_{1} = \frac{1}{m} \sum_i (a x_i - \mu_1)^2
    where \tilde{x}_i = \frac{a x_i - \mu_1}{\sqrt{v_1 + \epsilon}}
    where h_i = \gamma_i dy_i

Domain.
    m \ge 1, a \neq 0, \epsilon > 0

In words.
    A row multiplied by a has the output of the row itself with eps / a^2, but for beta times the
    sign of a. A step along x is such a scaling: what it changes is proportional to eps / (a^2 var
    + eps), so that rows of large values do not see it.

Sketch.
    var(a x) = a^2 var(x); the root of a^2 is |a|.

Source.
    Ba, Kiros and Hinton (2016), section 5.1: the layer ignores the scale of a row, for eps = 0.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.relatives import betas, gammas, h
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, eps, inner, mu, sign, square, var, x, xhat

a = Symbol("a")

theorem = Theorem(
    id="LN04",
    title="Layer normalization: the scale of a row, with its eps",
    domain="m >= 1, a != 0, eps > 0",
    derivations=(
        derive(
            "output",
            gammas * xhat(a * x) + betas,
            ("root", gammas * sign(a) * (x - mu()) / sqrt(var() + eps / square(a)) + betas),
        ),
        derive(
            "along x",
            derivative(inner(h(), xhat(a * x)), x, x),
            ("chain rule", eps / (square(a) * var() + eps) * inner(h(), xhat(a * x))),
        ),
    ),
)
