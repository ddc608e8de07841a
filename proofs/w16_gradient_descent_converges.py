r"""W16. Gradient descent on a Rayleigh quotient converges linearly.

Statement.
    gradient: \mathrm{D}_{w_c \to q_c} (-\frac{h^2}{g}) = \sum_{c=1}^{d} (-\frac{2 h r_c^2 q_c}{g}
        (p_c - \frac{w_c}{\frac{g}{h}})), if g \neq 0
    a step: w_c - \frac{2 g h r_c^2}{(-\frac{2 L h^2}{g}) g} (p_c - \frac{w_c}{\frac{g}{h}}) -
        \frac{g p_c}{h} = (1 - \frac{r_c^2}{L}) (w_c - \frac{g p_c}{h}), if g \neq 0
    gap at w: t - \frac{h^2}{g} = \frac{1}{(\frac{g}{h})^2} \sum_{c=1}^{d} k_c, if g \neq 0
    gap elsewhere: t - \frac{(\sum_{c=1}^{d} r_c^2 p_c v_c)^2}{\sum_{c=1}^{d} r_c^2 v_c v_c} \le
        \frac{1}{(\frac{g}{h})^2} \sum_{c=1}^{d} r_c^2 (v_c - \frac{g p_c}{h}) (v_c - \frac{g
        p_c}{h}), if g \neq 0, \sum_{c=1}^{d} r_c^2 v_c v_c \neq 0
    contraction: \sum_{c=1}^{d} r_c^2 (1 - \frac{r_c^2}{L}) (w_c - \frac{g p_c}{h}) (1 -
        \frac{r_c^2}{L}) (w_c - \frac{g p_c}{h}) \le (1 - \frac{\mu_{S}}{L})^2 \sum_{c=1}^{d} k_c
    where g = \sum_{c=1}^{d} r_c^2 w_c w_c
    where h = \sum_{c=1}^{d} r_c^2 p_c w_c
    where t = \sum_{c=1}^{d} r_c^2 p_c p_c
    where k_c = r_c^2 (w_c - \frac{g p_c}{h}) (w_c - \frac{g p_c}{h})

Domain.
    \mu_{S} > 0, L \ge \mu_{S}, r_c^2 \ge \mu_{S}, L \ge r_c^2, L > 0, \sum_{c=1}^{d} r_c^2 p_c w_c
        \neq 0

In words.
    Let S have its eigenvalues in [mu, L], mu > 0, and R(w) = -(u'w)^2 / (w'Sw), with the least
    value -u'S^{-1}u. A step of gradient descent at a w with u'w != 0, of length
    w'Sw / (2 L |R(w)|), gives gap' <= (1 - mu/L)^2 gap, where gap is R less its least value.
    So t steps give gap_t <= (1 - mu/L)^(2 t) gap_0.

Sketch.
    In the eigenbasis of S, with eigenvalues l_c = r_c^2, u = S p, <a, b> = sum l a b and
    k = w'Sw / u'w: the step is w' = w - (w - k p) l / L, so that w' - k p = (1 - l / L)(w - k p).
    The gap at w is |w - k p|^2 / k^2, since w - k p is orthogonal to w; the gap at any other v is
    at most |v - k p|^2 / k^2.

Source.
    Kohler et al. (2019), arXiv:1805.10694, Theorem 1.
"""

from bncheck.symbolic.expression import Element, Named, Sum, Symbol
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import c, derivative, square, w

L, low = Symbol("L", positive=True), Symbol("mu_S", positive=True)
eigenvalue = square(Element("r", (c,)))
p, q, v = Element("p", (c,)), Element("q", (c,)), Element("v", (c,))


def dot(left, right):
    """Return the inner product of S."""
    return Sum(c, eigenvalue * left * right)


R = -square(dot(p, w)) / dot(w, w)
k = dot(w, w) / dot(p, w)
step = -dot(w, w) / (2 * L * R)
error = w - k * p
descent = -2 * dot(p, w) / dot(w, w) * eigenvalue * (p - w / k)  # the gradient of R
next_error = (1 - eigenvalue / L) * error


def gap(values):
    """Return R less its least value."""
    return dot(p, p) - square(dot(p, values)) / dot(values, values)


# by hypothesis mu_S <= eigenvalue <= L
above, below = Named("above", (c,), eigenvalue - low), Named("below", (c,), L - eigenvalue)
range_of = Named("range", (), L - low)

theorem = Theorem(
    id="W16",
    title="Gradient descent on a Rayleigh quotient converges linearly",
    kind="inequality",
    domain=r"\mu_{S} > 0, r_c^2 \ge \mu_{S}, L \ge r_c^2, L \ge \mu_{S}, L > 0, "
    r"\sum_{c=1}^{d} r_c^2 p_c w_c \neq 0",
    derivations=(
        derive("gradient", derivative(R, w, q), ("product rule", Sum(c, descent * q))),
        derive("a step", w - step * descent - k * p, ("collect", next_error)),
        derive("gap at w", gap(w), ("collect", dot(error, error) / square(k))),
    ),
    inequalities=(
        Inequality(
            "gap elsewhere",
            gap(v),
            dot(v - k * p, v - k * p) / square(k),
            Sum(c, eigenvalue * square(v)) * square(1 / k - dot(p, v) / dot(v, v)),
        ),
        Inequality(
            "contraction",
            dot(next_error, next_error),
            square(1 - low / L) * dot(error, error),
            Sum(c, eigenvalue * square(error) * above * (range_of + below)) / square(L),
            given=(above, below, range_of),
        ),
    ),
)
