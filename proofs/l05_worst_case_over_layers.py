r"""L05. Santurkar et al., Theorem 4.4: the worst case over the inputs of the layer.

Statement.
    attained: \sum_{c=1}^{d} (\sum_i \frac{\lambda v_i q_c v_i}{\sqrt{g}})^2 = \lambda^2 \sum_i
        v_i^2, if \sum_i v_i^2 > 0, \sum_{c=1}^{d} q_c^2 > 0
    norm of the worst X: \sum_{c=1}^{d} (\sum_i \frac{\lambda v_i q_c G_i}{\sqrt{g}})^2 =
        \frac{\lambda^2 (\sum_i v_i G_i)^2}{\sum_i v_i^2}, if \sum_i v_i^2 > 0, \sum_{c=1}^{d}
        q_c^2 > 0
    the gradient at z: \lambda^2 \sum_i (\frac{\gamma}{\sqrt{\sigma^2}} (G_i - \frac{1}{m} \sum_j
        G_j - \frac{\tilde{x}_i}{m} \sum_j G_j \tilde{x}_j))^2 = \frac{\lambda^2
        \gamma^2}{\sigma^2} (\sum_i G_i^2 - m (\frac{1}{m} \sum_i G_i)^2 - \frac{(\sum_i G_i
        \tilde{x}_i)^2}{m})
    where g = (\sum_i v_i^2) \sum_{c=1}^{d} q_c^2
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}

Domain.
    m \ge 2, \epsilon = 0, \sigma^2 > 0, \lambda > 0

In words.
    At eps = 0, for z = X W with the gradient v at z held fixed while X varies over matrices of
    norm at most lambda: the largest |X'v|^2 is
    lambda^2 |v|^2 = lambda^2 gamma^2 / var (|G|^2 - m mean(G)^2 - <G, xhat>^2 / m).

Sketch.
    |X'v| <= lambda |v| is what the norm means; X = lambda v q' / (|v| |q|) attains it, for any
    direction q, and has the norm lambda. The second equality is L01.

Source.
    Santurkar, Tsipras, Ilyas and Madry (2018), arXiv:1805.11604, Theorem 4.4. Printed without
    lambda^2 at the mean term and without 1/m at the last.
"""

from bncheck.symbolic.expression import Element, Sum, Symbol, sqrt, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    c,
    gamma,
    inner,
    m,
    mean,
    square,
    total,
    var,
    x,
    xhat,
)

G, v = vector("G"), vector("v")
q = Element("q", (c,))
radius = Symbol("lambda", positive=True)
h = xhat(eps=0)
worst = radius * v * q / sqrt(total(square(v)) * Sum(c, square(q)))
right = total(square(G)) - m * square(mean(G)) - square(inner(G, h)) / m

theorem = Theorem(
    id="L05",
    title="Santurkar et al., Theorem 4.4, with what is missing in print",
    domain="m >= 2, eps = 0, var > 0, lambda > 0",
    derivations=(
        derive(
            "attained",
            Sum(c, square(total(worst * v))),
            ("collect", square(radius) * total(square(v))),
        ),
        derive(
            "norm of the worst X",
            Sum(c, square(total(worst * G))),
            ("collect", square(radius) * square(inner(v, G)) / total(square(v))),
        ),
        derive(
            "the gradient at z",
            square(radius) * total(square(backward(G, x, 0))),
            ("expand", square(radius) * square(gamma) / var() * right),
        ),
    ),
)
