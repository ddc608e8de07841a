r"""F05b. How far batch normalization can be from scale invariant, over all batches.

Statement.
    the conic: \frac{\sigma^2}{\sigma^2 + \epsilon q^3} (1 - q) (q + q^2 + 1) + \frac{q q^2
        \sigma^2}{(\sigma^2 + \epsilon q^3) \rho} = 1
    attained, A^2: \frac{\epsilon q^2}{(q + 1) (g + \epsilon q^3)} (q + q^2 + 1) = 1
    attained, B^2: \frac{\epsilon q^2}{(q + 1) (g + \epsilon)} (q + q^2 + 1) = q^2
    |a| < 1: A^2: \frac{\sigma^2}{\sigma^2 + \frac{\epsilon q^3}{q^3}} = \rho
    |a| < 1: the bound: \frac{(1 - \frac{1}{q})^2}{\frac{1}{q} + \frac{1}{q^2} + 1} = \frac{(1 -
        q)^2}{q + q^2 + 1}
    sqrt(K) (A - B) <= 1 - q: p - \frac{q p}{r} \le 1 - q, if 1 - (1 - q) p^2 - q r^2 \ge 0, p > 0,
        r > 0
    where \rho = \frac{\sigma^2}{\sigma^2 + \epsilon}
    where g = \frac{\epsilon q^2}{q + 1}

Domain.
    q > 0, q \le 1, \epsilon > 0, \sigma^2 > 0

In words.
    For |a| > 1 and q = |a|^(-2/3), with A = sqrt(var / (var + eps / a^2)) and
    B = sqrt(var / (var + eps)):
        rms(BN(a x) - sign(a) BN(x)) = A - B <= (1 - q) / sqrt(1 + q + q^2),
    attained where var = eps q^2 / (1 + q). For |a| < 1 the roles are swapped: q becomes 1/q.
    No entry is farther off than sqrt(m - 1) times that, since none of xhat / rms(xhat) is (F13).

Sketch.
    F05a is the equation for rms. Let K = 1 + q + q^2, p = sqrt(K) A and r = q A / B. Then
    (1 - q) p^2 + q r^2 = 1, and sqrt(K) B = q p / r. With D = 1 - (1 - q) p, which is q r plus half
    of (1 - q)(1 - p)^2 + q (1 - r)^2:
        (1 - q) - p + q p / r = ((1 - q)(1 - p)^2 + (q p / r)(D - q r)) / D.

Source.
    Own.
"""

from bncheck.symbolic.expression import Named, Symbol, as_expr
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, square, var

q = Symbol("q", positive=True)
p, r = Symbol("p", positive=True), Symbol("r", positive=True)
K = 1 + q + square(q)
one_less_q = Named("one_less_q", (), 1 - q)  # not negative for |a| >= 1
on_conic = Named("on_conic", (), 1 - (1 - q) * square(p) - q * square(r))  # 0, see below
beyond = (one_less_q * square(1 - p) + q * square(1 - r) + on_conic) / 2  # D - q r
D = q * r + beyond


def squares(variance, epsilon, ratio):
    """Return A^2 and B^2, where ratio is 1 / a^2."""
    return variance / (variance + epsilon * ratio), variance / (variance + epsilon)


A2, B2 = squares(var(), eps, q**3)
best_A2, best_B2 = squares(eps * square(q) / (1 + q), eps, q**3)
swapped_A2, _ = squares(var(), eps * q**3, q**-3)  # eps / a^2 and eps change places

theorem = Theorem(
    id="F05b",
    title="The largest deviation from scale invariance at a fixed eps",
    kind="inequality",
    domain="q > 0, q <= 1, eps > 0, var > 0",
    derivations=(
        derive("the conic", (1 - q) * K * A2 + q * square(q) * A2 / B2, ("cancel", as_expr(1))),
        derive("attained, A^2", K * best_A2, ("collect", as_expr(1))),
        derive("attained, B^2", K * best_B2, ("collect", square(q))),
        derive("|a| < 1: A^2", swapped_A2, ("symmetry", B2)),
        derive(
            "|a| < 1: the bound",
            square(1 - 1 / q) / (1 + 1 / q + 1 / square(q)),
            ("symmetry", square(1 - q) / K),
        ),
    ),
    inequalities=(
        Inequality(
            "sqrt(K) (A - B) <= 1 - q",
            p - q * p / r,
            1 - q,
            (one_less_q * square(1 - p) + q * p / r * beyond) / D,
            given=(one_less_q, on_conic),
        ),
    ),
)
