r"""R03. Layer normalization obeys the same scale law, and its gradient the same two sums.

Statement.
    scale: \frac{a x_i + b - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (a x_j + b - \mu_{1})^2 + \epsilon}}
        = \frac{|a| \frac{x_i - \mu}{\sqrt{\sigma^2 + \frac{\epsilon}{a^2}}}}{a}
    sum of dx: \mathrm{D}_{x_i \to 1} (\sum_i dy_i g_i \hat{x}_i) = 0
    along x: \mathrm{D}_{x_i \to x_i} (\sum_i dy_i g_i \hat{x}_i) = \frac{\epsilon}{\sigma^2 +
        \epsilon} \sum_i g_i dy_i \hat{x}_i
    where \mu_{1} = \frac{1}{m} \sum_i (a x_i + b)

Domain.
    m \ge 1, a \neq 0, \epsilon > 0

In words.
    Over the d features of one sample: LN(a x + c) has eps / a^2 and sign(a); for dxhat = g dy with
    per-feature gains g: sum dx = 0 and <x, dx> = eps / (var + eps) <g dy, xhat>.

Sketch.
    F04, B03 and B04 with features in place of samples; the gain is inside the cotangent.

Source.
    Ba, Kiros and Hinton (2016), arXiv:1607.06450.
"""

from bncheck.symbolic.expression import Symbol, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, eps, inner, sign, square, var, x, xhat

a, b, g = Symbol("a"), Symbol("b"), vector("g")
L = inner(dy, g * xhat())

theorem = Theorem(
    id="R03",
    title="Layer normalization",
    domain="m >= 1, a != 0, eps > 0",
    derivations=(
        derive("scale", xhat(a * x + b), ("root", sign(a) * xhat(eps=eps / square(a)))),
        derive("sum of dx", derivative(L, x, 1), ("centred", 0)),
        derive(
            "along x",
            derivative(L, x, x),
            ("chain rule", eps / (var() + eps) * inner(g * dy, xhat())),
        ),
    ),
)
