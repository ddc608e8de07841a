r"""L03. Santurkar et al., Theorem 4.2, which is an equality.

Statement.
    any direction: \mathrm{D}_{x_i \to v_i} (\mathrm{D}_{x_i \to v_i} K) = U - \frac{\gamma}{m
        \sigma^2} (2 (\sum_i (g_i + \sum_j p_{ij} - \frac{h}{m}) v_i) \sum_i \tilde{x}_i v_i +
        (\sum_i (v_i - \frac{1}{m} \sum_j v_j) (v_i - \frac{1}{m} \sum_j v_j)) \sum_i t_i - \frac{3
        (\sum_i \tilde{x}_i v_i)^2}{m} \sum_i t_i)
    the gradient is without parts along 1 and xhat: \frac{\partial}{\partial x_j} K =
        \frac{\gamma}{\sqrt{\sigma^2}} (g_j + \sum_i p_{ji} - \frac{h}{m} - \frac{\tilde{x}_j}{m}
        \sum_i b_i)
    directions without these parts: \frac{\gamma^2}{\sigma^2} \sum_i X_i \sum_j \frac{X_j}{2}
        (H_{ij} + H_{ji}) - \frac{\gamma}{m \sigma^2} (2 (\sum_i (g_i + \sum_j p_{ij} -
        \frac{h}{m}) k_i) \sum_i \tilde{x}_i k_i + (\sum_i Q_i Q_i) \sum_i t_i - \frac{3 (\sum_i
        \tilde{x}_i k_i)^2}{m} \sum_i t_i) = U - \frac{\gamma}{m \sigma^2} (\sum_i b_i) \sum_i
        k_i^2
    where \tilde{x}_j = \frac{x_j - \mu}{\sqrt{\sigma^2}}
    where \tilde{y}_j = \gamma \tilde{x}_j + \beta
    where p_{ij} = \frac{\tilde{y}_j}{2} (H_{ij} + H_{ji})
    where h = \sum_i (g_i + \sum_j p_{ij})
    where t_i = \tilde{x}_i (g_i + \sum_j p_{ij})
    where b_i = (g_i + \sum_j p_{ij}) \tilde{x}_i
    where k_j = v_j - \frac{1}{m} \sum_i v_i - \frac{\tilde{x}_j}{m} \sum_i v_i \tilde{x}_i
    where K = \sum_i g_i \tilde{y}_i + \frac{1}{2} \sum_i \tilde{y}_i \sum_j p_{ij}
    where Q_i = v_i - \frac{1}{m} \sum_j v_j - \frac{\tilde{x}_i}{m} \sum_j v_j \tilde{x}_j -
        \frac{1}{m} \sum_j k_j
    where U = \frac{\gamma^2}{\sigma^2} \sum_i k_i \sum_j \frac{k_j}{2} (H_{ij} + H_{ji})
    where X_j = v_j - \frac{1}{m} \sum_i v_i - \frac{\tilde{x}_j}{m} \sum_i v_i \tilde{x}_i -
        \frac{1}{m} \sum_i k_i - \frac{\tilde{x}_j}{m} \sum_i k_i \tilde{x}_i

Domain.
    m \ge 2, \epsilon = 0, \sigma^2 > 0

In words.
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
