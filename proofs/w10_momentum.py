r"""W10. The norm of the weights under momentum.

Statement.
    inner product after a step: \sum_{c=1}^{d} (w_c - h p_c) (q p_c + g_c - \frac{1}{r} (w_c - h
        p_c) \sum_{i=1}^{d} (w_i - h p_i) g_i) = q (\sum_{c=1}^{d} w_c p_c - h \sum_{c=1}^{d}
        p_c^2), if r > 0
    induction step: q (-h S - h \sum_{c=1}^{d} p_c^2) = -h q (S + \sum_{c=1}^{d} p_c^2)
    squared norm: r = \sum_{c=1}^{d} w_c^2 - 2 h \sum_{c=1}^{d} w_c p_c + h^2 \sum_{c=1}^{d} p_c^2
    where r = \sum_{c=1}^{d} (w_c - h p_c)^2

Domain.
    \epsilon = 0, h > 0

In words.
    With p_t = q p_{t-1} + g_t, w_{t+1} = w_t - h p_t, every g_t orthogonal to w_t (eps = 0, W03)
    and p_{-1} = 0:
    |w_{t+1}|^2 = |w_t|^2 + h^2 |p_t|^2 + 2 h^2 sum_{k < t} q^{t-k} |p_k|^2.

Sketch.
    Let e_t = <w_t, p_t>. Orthogonality gives e_{t+1} = q <w_{t+1}, p_t> = q (e_t - h |p_t|^2).
    Induction: e_t = -h S_t with S_t = sum_{k < t} q^{t-k} |p_k|^2, since
    S_{t+1} = q (S_t + |p_t|^2).
    Then |w_{t+1}|^2 = |w_t|^2 - 2 h e_t + h^2 |p_t|^2.

Source.
    Heo et al. (2020), arXiv:2006.08217.
"""

from fractions import Fraction

from bncheck.symbolic.expression import Element, Sum, Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, square, w

q, h, S = Symbol("q"), Symbol("h", positive=True), Symbol("S")
p, g = Element("p", (c,)), Element("g", (c,))
new_w = w - h * p
# a vector orthogonal to the new weights: any g without its part along them
orthogonal = g - new_w * Sum(c, new_w * g) / Sum(c, square(new_w))
e = Sum(c, w * p)


def instances(rng):
    """Run momentum in the plane with gradients that are turned weights."""
    for _ in range(3):
        momentum, rate = Fraction(rng.randint(1, 9), 10), Fraction(1, rng.randint(2, 9))
        weights, velocity = (Fraction(rng.randint(1, 5)), Fraction(rng.randint(1, 5))), (0, 0)
        past: list[Fraction] = []
        for step in range(4):
            turn = Fraction(rng.randint(-5, 5))
            gradient = (-turn * weights[1], turn * weights[0])
            velocity = tuple(momentum * v + d for v, d in zip(velocity, gradient, strict=True))
            moved = tuple(a - rate * v for a, v in zip(weights, velocity, strict=True))
            past.append(sum(v * v for v in velocity))
            tail = sum(momentum ** (step - n) * past[n] for n in range(step))
            expected = sum(a * a for a in weights) + rate**2 * (past[step] + 2 * tail)
            yield f"step {step}", sum(a * a for a in moved), expected
            weights = moved


theorem = Theorem(
    id="W10",
    title="Momentum and the norm of the weights",
    kind="induction",
    domain="eps = 0, h > 0",
    argument="Induction on t for <w_t, p_t> = -h S_t; the start is p_{-1} = 0, S_0 = 0.",
    instances=instances,
    derivations=(
        derive(
            "inner product after a step",
            Sum(c, new_w * (q * p + orthogonal)),
            ("expand", q * Sum(c, new_w * p)),
            ("expand", q * (e - h * Sum(c, square(p)))),
        ),
        derive(
            "induction step",
            q * (-h * S - h * Sum(c, square(p))),
            ("collect", -h * (q * (S + Sum(c, square(p))))),
        ),
        derive(
            "squared norm",
            Sum(c, square(new_w)),
            ("expand", Sum(c, square(w)) - 2 * h * e + h**2 * Sum(c, square(p))),
        ),
    ),
)
