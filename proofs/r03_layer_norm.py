"""R03. Layer normalization obeys the same scale law, and its gradient the same two sums.

Statement.
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
    domain="at least 1 feature, a != 0",
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
