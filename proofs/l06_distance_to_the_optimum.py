r"""L06. Santurkar et al., Lemma 4.5: the nearest optimum when every positive multiple is one.

Statement.
    the printed form: q = \sum_{c=1}^{d} (w_c - V_c)^2 - \frac{(\sum_{c=1}^{d} V_c^2 -
        \sum_{c=1}^{d} w_c V_c)^2}{\sum_{c=1}^{d} V_c^2}
    attained: \sum_{c=1}^{d} (w_c - \frac{V_c}{\sum_{i=1}^{d} V_i^2} \sum_{i=1}^{d} w_i V_i)^2 = q
    nearest: q \le p, if k > 0
    <W0, W*> <= 0: \sum_{c=1}^{d} w_c^2 \le p, if -\sum_{c=1}^{d} w_c V_c \ge 0, k > 0
    where p = \sum_{c=1}^{d} (w_c - k V_c)^2
    where q = \sum_{c=1}^{d} w_c^2 - \frac{(\sum_{c=1}^{d} w_c V_c)^2}{\sum_{c=1}^{d} V_c^2}

Domain.
    \sum_{c=1}^{d} V_c^2 > 0

In words.
    For V = W* != 0: |W0 - k V|^2 >= |W0|^2 - <W0, V>^2 / |V|^2 = |W0 - V|^2
    - (|V|^2 - <V, W0>)^2 / |V|^2, with equality at k = <W0, V> / |V|^2, which is positive if and
    only if <W0, V> > 0. Else |W0 - k V|^2 >= |W0|^2 for every k > 0: the lemma says less than it
    is printed to.

Sketch.
    Complete the square in k.

Source.
    Santurkar et al. (2018), arXiv:1805.11604, Lemma 4.5.
"""

from bncheck.symbolic.expression import Element, Named, Sum, Symbol
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import c, square, w

V, k = Element("V", (c,)), Symbol("k", positive=True)
along, length = Sum(c, w * V), Sum(c, square(V))
distance = Sum(c, square(w - k * V))
nearest = Sum(c, square(w)) - square(along) / length
away = Named("away", (), -along)

theorem = Theorem(
    id="L06",
    title="Santurkar et al., Lemma 4.5, with its hypothesis",
    kind="inequality",
    domain=r"\sum_{c=1}^{d} V_c^2 > 0",
    derivations=(
        derive(
            "the printed form",
            nearest,
            ("collect", Sum(c, square(w - V)) - square(length - along) / length),
        ),
        derive(
            "attained",
            Sum(c, square(w - along / length * V)),
            ("expand", nearest),
        ),
    ),
    inequalities=(
        Inequality("nearest", nearest, distance, length * square(k - along / length)),
        Inequality(
            "<W0, W*> <= 0",
            Sum(c, square(w)),
            distance,
            2 * k * away + square(k) * length,
            given=(away,),
        ),
    ),
)
