r"""R06. Weight normalization: its gradients, and why the norm grows.

Statement.
    dg: \frac{\partial}{\partial g} (\sum_i p_i) = \frac{1}{\sqrt{\sum_i v_i v_i}} \sum_i dw_i v_i
    dv: \frac{\partial}{\partial v_j} (\sum_i p_i) = b_j
    orthogonal: \sum_i \frac{v_i g q_i}{\sqrt{\sum_j v_j v_j}} = 0
    norm after a step: \sum_i (v_i - \frac{t g q_i}{\sqrt{\sum_j v_j v_j}})^2 = \sum_i v_i v_i +
        t^2 \sum_i b_i^2
    where p_i = \frac{1}{\sqrt{\sum_j v_j v_j}} dw_i g v_i
    where q_j = dw_j - \frac{v_j}{\sum_i v_i v_i} \sum_i v_i dw_i
    where b_j = \frac{g q_j}{\sqrt{\sum_i v_i v_i}}

Domain.
    \sum_i v_i^2 > 0, t > 0

In words.
    For w = g v / |v| and dw = dL/dw: dL/dg = <dw, v> / |v|,
    dL/dv = (g / |v|)(dw - v <v, dw> / |v|^2), <v, dL/dv> = 0, so
    |v - t dL/dv|^2 = |v|^2 + t^2 |dL/dv|^2.

Sketch.
    w does not change with the length of v.

Source.
    Salimans and Kingma (2016), arXiv:1602.07868.
"""

from bncheck.symbolic.expression import Symbol, j, sqrt, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import gradient, inner, square, total

v, cotangent, q = vector("v"), vector("dw"), vector("q")
g, t = Symbol("g"), Symbol("t", positive=True)
length = sqrt(inner(v, v))
L = inner(cotangent, g * v / length)
slope = g / length * (cotangent - v * inner(v, cotangent) / length**2)

theorem = Theorem(
    id="R06",
    title="Weight normalization",
    domain=r"\sum_i v_i^2 > 0, t > 0",
    derivations=(
        derive("dg", gradient(L, g), ("linearity", inner(cotangent, v) / length)),
        derive("dv", gradient(L, v, j), ("chain rule", slope[j])),
        derive("orthogonal", inner(v, slope), ("cancel", 0)),
        derive(
            "norm after a step",
            total(square(v - t * slope)),
            ("expand", inner(v, v) + t**2 * total(square(slope))),
        ),
    ),
)
