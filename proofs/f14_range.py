r"""F14. The range, the largest value and the mean absolute value of a normalized batch.

Statement.
    inside the range: \frac{1}{m} \sum_i v_i = -hi lo - \frac{\sigma^2}{\sigma^2 + \epsilon}
    the largest value: \frac{\sigma^2}{\sigma^2 + \epsilon} \le (m - 1) M^2, if M - \hat{x}_i \ge
        0, M - \hat{x}_j \ge 0
    range, from below: \frac{4 \sigma^2}{\sigma^2 + \epsilon} \le (hi - lo)^2, if v_i \ge 0
    range, from above: (1 - \delta_{jk})^2 (\hat{x}_j - \hat{x}_k)^2 \le \frac{2 (1 -
        \delta_{jk})^2 m \sigma^2}{\sigma^2 + \epsilon}
    sum of absolute values, from below: \frac{2 m \sigma^2}{\sigma^2 + \epsilon} \le (\sum_i
        a_i)^2, if p_i \ge 0, p_j \ge 0, q_i \ge 0, q_j \ge 0
    sum of absolute values, from above: (\sum_i h_i \hat{x}_i)^2 \le \frac{m \sigma^2}{\sigma^2 +
        \epsilon} (\sum_i h_i^2 - \frac{(\sum_i h_i)^2}{m})
    where p_i = \frac{a_i + \hat{x}_i}{2}
    where q_i = \frac{a_i - \hat{x}_i}{2}
    where v_i = (hi - \hat{x}_i) (\hat{x}_i - lo)

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    With rho = var / (var + eps), all at m >= 2:
        largest >= sqrt(rho / (m - 1)), in magnitude M: (m - 1) M^2 >= rho for every upper bound M
        2 sqrt(rho) <= hi - lo, for every upper bound hi and lower bound lo
        (xhat_j - xhat_k)^2 <= 2 m rho for any two places j != k
        sqrt(2 m rho) <= sum |xhat| <= m sqrt(rho), and sqrt(rho (m^2 - 1)) above where m is odd.

Sketch.
    Largest: the products (M - xhat_i)(M - xhat_j) of different places sum to
    m ((m - 1) M^2 - rho). Range, from below: mean((hi - xhat)(xhat - lo)) = -hi lo - rho. Range,
    from above: m rho = sum xhat^2, and 2 (a^2 + b^2) - (a - b)^2 = (a + b)^2.
    Sum, from below: let a >= |xhat|. The positive and the negative part p = (a + xhat) / 2 and
    n = (a - xhat) / 2 have the same sum, and (sum a)^2 - 2 sum xhat^2 is a sum of products of
    them. Sum, from above: Cauchy and Schwarz with the signs h_i, centred:
    (sum h xhat)^2 <= (sum h^2 - (sum h)^2 / m) m rho, where sum h^2 = m, and (sum h)^2 >= 1 for
    odd m. The factor 1 - delta_jk says that j and k are different places.

Source.
    von Szokefalvi-Nagy (1918); Popoviciu (1935); own. For F14b see its file.
"""

from bncheck.symbolic.expression import Named, Symbol, delta, i, j, k, vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import eps, inner, m, mean, square, total, var, x, xhat

rho = var() / (var() + eps)
differ = square(1 - delta(j, k))
others = total(square((1 - delta(i, j)) * (1 - delta(i, k)) * xhat()))

M, hi, lo = Symbol("M"), Symbol("hi"), Symbol("lo")
below = Named("below", (i,), M - xhat())
inside = Named("inside", (i,), (hi - xhat()) * (xhat() - lo))

a, h = vector("a"), vector("h")
p = Named("p", (i,), (a + xhat()) / 2)
n = Named("n", (i,), (a - xhat()) / 2)
c = x - mean(x)
ch = h - mean(h)
determinants = total(total(square(ch * c[j] - ch[j] * c), j)) / (2 * (var() + eps))


def pairs(values):
    """Return the sum of the products of entries at different places."""
    return total(total(square(1 - delta(i, j)) * values * values[j]), j)


theorem = Theorem(
    id="F14",
    title="The range and the largest value of a normalized batch",
    kind="inequality",
    domain="m >= 2, var + eps > 0",
    derivations=(
        derive(
            "inside the range",
            mean(inside),
            ("expand", (hi + lo) * mean(xhat()) - hi * lo - mean(square(xhat()))),
            ("normalized", -hi * lo - rho),
        ),
    ),
    inequalities=(
        Inequality(
            "the largest value",
            rho,
            (m - 1) * square(M),
            pairs(below) / m,
            given=(below, below[j]),
        ),
        Inequality(
            "range, from below",
            4 * rho,
            square(hi - lo),
            4 * mean(inside) + square(hi + lo),
            given=(inside,),
        ),
        Inequality(
            "range, from above",
            differ * square(xhat()[j] - xhat()[k]),
            differ * 2 * m * rho,
            differ * square(xhat()[j] + xhat()[k]) + 2 * differ * others,
        ),
        Inequality(
            "sum of absolute values, from below",
            2 * m * rho,
            square(total(a)),
            2 * (pairs(p) + pairs(n)) + 4 * inner(p, n),
            given=(p, p[j], n, n[j]),
        ),
        Inequality(
            "sum of absolute values, from above",
            square(inner(h, xhat())),
            (total(square(h)) - square(total(h)) / m) * m * rho,
            determinants,
        ),
    ),
)
