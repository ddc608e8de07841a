r"""B28. The sharp Lipschitz constant of the Jacobian.

Statement.
    the norms of B27 in units of eps: \frac{9 \sigma^2 q^2}{(\sigma^2 + \epsilon) (\sigma^2 +
        \epsilon)^2} = \frac{9 \sigma^2 q^4}{(\sigma^2 + \epsilon) \epsilon^2}
    attained: \frac{9 \epsilon (1 - \frac{\epsilon}{4 (\frac{\epsilon}{4} + \epsilon)})^4}{4
        (\frac{\epsilon}{4} + \epsilon)} = \frac{2304}{3125}
    rho <= 1/3: \frac{9 \sigma^2 q^4}{\sigma^2 + \epsilon} \le \frac{2304}{3125}
    rho >= 1/3: \frac{4 (1 - \frac{\frac{\epsilon}{2} + d}{\frac{\epsilon}{2} + d +
        \epsilon})^2}{3} \le \frac{2304}{3125}, if d > 0
    where q = 1 - \frac{\sigma^2}{\sigma^2 + \epsilon}

Domain.
    m \ge 2, \epsilon > 0

In words.
    Over all batches, |D^2 xhat| <= 48 / (25 sqrt(5)) / (sqrt(m) eps), attained at var = eps / 4.

Sketch.
    B27 with s^2 = eps / (1 - rho). For rho <= 1/3 the square of the norm, times m eps^2, is
    9 rho (1 - rho)^4, largest at rho = 1/5; for rho >= 1/3, where var = eps / 2 + d with d >= 0,
    it is 4/3 (1 - rho)^2, which is smaller. 2304 / 3125 is the square of 48 / (25 sqrt(5)).

Source.
    Own.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Symbol, as_expr
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, square, var

d, e = Symbol("d", positive=True), Symbol("eps", positive=True)
v = var()
rho = v / (v + eps)
constant = as_expr(Fraction(2304, 3125))


def few(variance, epsilon):
    """Return m eps^2 |D^2 xhat|^2 where rho <= 1/3."""
    share = variance / (variance + epsilon)
    return 9 * share * (1 - share) ** 4


many = e / 2 + d
share = many / (many + e)
cubic = 256 * eps**3 + 203 * eps**2 * v + 88 * eps * v**2 + 16 * v**3

theorem = Theorem(
    id="B28",
    title="The sharp Lipschitz constant of the Jacobian",
    kind="inequality",
    domain="m >= 2, eps > 0",
    derivations=(
        derive(
            "the norms of B27 in units of eps",
            9 * rho * square(1 - rho) / square(v + eps),
            ("substitute", few(v, eps) / square(eps)),
        ),
        derive("attained", few(e / 4, e), ("collect", constant)),
    ),
    inequalities=(
        Inequality(
            "rho <= 1/3",
            few(v, eps),
            constant,
            9 * square(4 * v - eps) * cubic / (3125 * (v + eps) ** 5),
        ),
        Inequality(
            "rho >= 1/3",
            4 * square(1 - share) / 3,
            constant,
            16
            * (1728 * square(d) + 5184 * d * e + 763 * square(e))
            / (9375 * square(2 * d + 3 * e)),
        ),
    ),
)
