r"""F05c. How far batch normalization is from scale invariant, in units of eps / var.

Statement.
    mean square: \frac{1}{m} \sum_i (\frac{x_i - \mu}{\sqrt{\sigma^2 + e}} - \frac{x_i -
        \mu}{\sqrt{\sigma^2 + (r + 1) e}})^2 = (q - v)^2
    as a quotient: q - v = \frac{r e (\frac{\sqrt{\sigma^2} \sqrt{\sigma^2}}{\sqrt{\sigma^2 + e}
        \sqrt{\sigma^2 + (r + 1) e}})^2}{\sigma^2 (q + v)}, if q + v > 0
    B <= 1: v \le 1
    1 - B: 1 - v \le \frac{e}{2 \sigma^2} (r + 1)
    A - B: q - v \le \frac{r e}{2 \sigma^2}
    B <= A: v \le q
    where q = \frac{\sqrt{\sigma^2}}{\sqrt{\sigma^2 + e}}
    where v = \frac{\sqrt{\sigma^2}}{\sqrt{\sigma^2 + (r + 1) e}}

Domain.
    m \ge 2, e > 0, r > 0, \sigma^2 > 0

In words.
    For |a| >= 1 and var > 0, with A = sqrt(var / (var + eps / a^2)), B = sqrt(var / (var + eps)):
        rms(BN(a x) - sign(a) BN(x)) = A - B <= eps / (2 var) (1 - 1 / a^2), and
        0 <= 1 - B <= eps / (2 var).

Sketch.
    F05a is the equation. 1 / B^2 - 1 / A^2 = eps / var (1 - 1 / a^2), so
    A - B = (that) A^2 B^2 / (A + B), and A + B - 2 A^2 B^2 is a sum of products of A, B, 1 - A and
    1 - B. Below, e = eps / a^2 and a^2 = 1 + r with r >= 0.

Source.
    Own.
"""

from bncheck.symbolic.expression import Symbol, as_expr
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import mean, square, std, var, xhat

e, r = Symbol("e", positive=True), Symbol("r", positive=True)
eps = (1 + r) * e
v, root = var(), std(eps=0)
A, B = root / std(eps=e), root / std(eps=eps)
less_A = e / (v + e) / (1 + A)  # 1 - A
less_B = eps / (v + eps) / (1 + B)  # 1 - B
# 1 - A^2 = (1 - A)(1 + A), and so for B
bracket = (
    A * less_B * (1 + B) + B * less_A * (1 + A) + A * square(B) * less_A + square(A) * B * less_B
)

theorem = Theorem(
    id="F05c",
    title="Deviation from scale invariance, in units of eps / var",
    kind="inequality",
    domain="m >= 2, e > 0, r > 0, var > 0",
    derivations=(
        derive(
            "mean square",
            mean(square(xhat(eps=e) - xhat(eps=eps))),
            ("collect", square(A - B)),
        ),
        derive(
            "as a quotient",
            A - B,
            ("expand", r * e / v * square(A * B) / (A + B)),
        ),
    ),
    inequalities=(
        Inequality("B <= 1", B, as_expr(1), less_B),
        Inequality(
            "1 - B",
            1 - B,
            eps / (2 * v),
            square(eps / (v + eps)) * (1 + 2 * B) / (2 * square(B) * square(1 + B)),
        ),
        Inequality("A - B", A - B, r * e / (2 * v), r * e / v * bracket / (2 * (A + B))),
        Inequality("B <= A", B, A, r * e / v * square(A * B) / (A + B)),
    ),
)
