r"""F26. The limit of one outlier.

Statement.
    t = 1/u: \frac{h_i}{\sqrt{\frac{1}{m} \sum_j h_j^2 + \epsilon}} = \frac{u x_i + \delta_{i1} -
        \frac{g}{m}}{\sqrt{v_{1} + u^2 \epsilon}}, if u > 0,
        \frac{1}{m} \sum_j h_j^2 + \epsilon > 0, v_{1} + u^2 \epsilon > 0
    radicand at u = 0: \frac{p}{m} = \frac{m - 1}{m^2}
    value at u = 0: \frac{\delta_{i1} - \bar{x}}{\sqrt{\frac{p}{m}}} = \delta_{i1} \sqrt{m - 1} -
        \frac{1 - \delta_{i1}}{\sqrt{m - 1}}, if \frac{p}{m} > 0
    where g = \sum_i (u x_i + \delta_{i1})
    where \bar{x} = \frac{1}{m} \sum_i \delta_{i1}
    where p = \sum_i (\delta_{i1} - \bar{x})^2
    where h_i = x_i + \frac{\delta_{i1}}{u} - \frac{1}{m} \sum_j (x_j + \frac{\delta_{j1}}{u})
    where v_{1} = \frac{1}{m} \sum_i (u x_i + \delta_{i1} - \frac{g}{m})^2

Domain.
    m \ge 2, \epsilon \ge 0

In words.
    As t goes to infinity, BN(x + t e_1) goes to (sqrt(m - 1), -1 / sqrt(m - 1), ...), for any x
    and eps, where e_1 = (1, 0, ..., 0).

Sketch.
    By the scale law (F04) with u = 1/t > 0, the output is BN of u x + e_1 with u^2 eps in place of
    eps. Numerator and denominator are polynomials in u and the root of one, which at u = 0 is
    var(e_1) = (m - 1) / m^2 > 0: the output is continuous there, and its value is that of e_1.

Source.
    Own. It attains the bound of F13.
"""

from bncheck.symbolic.expression import ZERO as zero
from bncheck.symbolic.expression import Symbol, delta, i, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.trees import substitute
from bncheck.symbolic.vocabulary import eps, m, square, var, x, xhat

u = Symbol("u", positive=True)
one = delta(i, 1)
scaled = xhat(u * x + one, square(u) * eps)

theorem = Theorem(
    id="F26",
    title="The limit of one outlier",
    kind="limit",
    domain="m >= 2, eps >= 0",
    argument="Where u = 0 the radicand is (m - 1) / m^2 > 0, so that the right side is continuous.",
    derivations=(
        derive("t = 1/u", xhat(x + one / u), ("root", scaled)),
        derive("radicand at u = 0", var(one), ("expand", (m - 1) / square(m))),
        derive(
            "value at u = 0",
            substitute(scaled, "u", zero),
            ("substitute", m * (one - 1 / m) / sqrt(m - 1)),
            ("collect", one * sqrt(m - 1) - (1 - one) / sqrt(m - 1)),
        ),
    ),
)
