"""L06. Santurkar et al., Lemma 4.5: the nearest optimum when every positive multiple is one.

Statement.
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
    domain="W* != 0; <W0, W*> <= 0 in the second case",
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
