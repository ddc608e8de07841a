"""L03. Santurkar et al., Theorem 4.2, which is an equality.

Statement.
    At eps = 0, for the direction v = dL/dx of the loss itself, with gradient G and Hessian H at
    the output: v' H_x v = (gamma^2 / var) v' H v - gamma / (m var) <G, xhat> sum v^2.

Sketch.
    L04, where v is orthogonal to 1 (B03) and to xhat (B04 with eps = 0).

Source.
    Santurkar, Tsipras, Ilyas and Madry (2018), arXiv:1805.11604, Theorem 4.2.
"""

from bncheck.symbolic.expression import Element, i, j, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    batchnorm,
    derivative,
    gamma,
    gradient,
    inner,
    m,
    mean,
    square,
    std,
    total,
    var,
    x,
    xhat,
)

g, v = vector("g"), vector("v")
H = (Element("H", (i, j)) + Element("H", (j, i))) / 2  # any symmetric matrix
y, n = batchnorm(eps=0), xhat(eps=0)


def times_H(values):
    """Return the product of H and a vector."""
    return total(H * values[j], j)


L = inner(g, y) + inner(y, times_H(y)) / 2
G = g + times_H(y)


def projected(a):
    """Return P a: without its parts along 1 and xhat."""
    return a - mean(a) - n * mean(a * n)


def curvature(a):
    """Return the right side of L04 at eps = 0, for a direction a."""
    centred = a - mean(a)
    second = 2 * inner(G - mean(G), a) * inner(n, a) + inner(centred, centred) * inner(n, G)
    third = 3 / m * square(inner(n, a)) * inner(n, G)
    return square(gamma) / var() * inner(projected(a), times_H(projected(a))) - gamma / (
        m * var()
    ) * (second - third)


theorem = Theorem(
    id="L03",
    title="Santurkar et al., Theorem 4.2, as an equality",
    domain="m >= 2, eps = 0, var > 0",
    derivations=(
        derive(
            "any direction", derivative(derivative(L, x, v), x, v), ("chain rule", curvature(v))
        ),
        derive(
            "the gradient is without parts along 1 and xhat",
            gradient(L, x, j),
            ("substitute", backward(G, x, 0)[j]),
            ("definition", (gamma / std(eps=0) * projected(G))[j]),
        ),
        derive(
            "directions without these parts",
            curvature(projected(v)),
            (
                "normalized",
                square(gamma) / var() * inner(projected(v), times_H(projected(v)))
                - gamma / (m * var()) * inner(G, n) * total(square(projected(v))),
            ),
        ),
    ),
)
