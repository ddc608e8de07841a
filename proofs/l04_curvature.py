r"""L04. The curvature of the loss along a direction, with eps.

Statement.
    second derivative along v: \mathrm{D}_{x_i \to v_i} (\mathrm{D}_{x_i \to v_i} (\sum_i g_i y_i +
        \frac{1}{2} \sum_i y_i \sum_j p_{ij})) = (\frac{\gamma}{s})^2 \sum_i t_i \sum_j
        \frac{t_j}{2} (H_{ij} + H_{ji}) - \frac{\gamma}{m (\sigma^2 + \epsilon)} (2 (\sum_i (g_i +
        \sum_j p_{ij} - \frac{1}{m} \sum_j (g_j + \sum_k p_{jk})) v_i) \sum_i \hat{x}_i v_i +
        (\sum_i (v_i - \frac{1}{m} \sum_j v_j) (v_i - \frac{1}{m} \sum_j v_j)) \sum_i q_i - \frac{3
        (\sum_i \hat{x}_i v_i)^2}{m} \sum_i q_i)
    where s = \sqrt{\sigma^2 + \epsilon}
    where p_{ij} = \frac{y_j}{2} (H_{ij} + H_{ji})
    where q_i = \hat{x}_i (g_i + \sum_j p_{ij})
    where t_j = v_j - \frac{1}{m} \sum_i v_i - \frac{\hat{x}_j}{m} \sum_i v_i \hat{x}_i

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    For a loss with gradient G and Hessian H at the output, and a direction v:
    v' H_x v = (gamma / s)^2 (P v)' H (P v) - gamma / (m s^2) (2 <C G, v> <xhat, v>
    + <C v, C v> <xhat, G> - (3 / m) <xhat, v>^2 <xhat, G>), where C a = a - mean(a) and
    P v = C v - xhat mean(v xhat).

Sketch.
    The chain rule for second derivatives: H along J v, plus G contracted with the second
    derivative of the output (B20).

Source.
    Santurkar et al. (2018), Theorem 4.2, is the case eps = 0, v = dL/dx (see L03).
"""

from bncheck.symbolic.expression import Element, i, j, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    derivative,
    gamma,
    inner,
    m,
    mean,
    square,
    std,
    total,
    x,
    xhat,
)

v, g = vector("v"), vector("g")
H = (Element("H", (i, j)) + Element("H", (j, i))) / 2  # any symmetric matrix
y = batchnorm()


def times_H(values):
    """Return the product of H and a vector."""
    return total(H * values[j], j)


L = inner(g, y) + inner(y, times_H(y)) / 2
G = g + times_H(y)
Pv = v - mean(v) - xhat() * mean(v * xhat())
cv, cG = v - mean(v), G - mean(G)
second = 2 * inner(cG, v) * inner(xhat(), v) + inner(cv, cv) * inner(xhat(), G)

theorem = Theorem(
    id="L04",
    title="The curvature of the loss along a direction",
    domain="m >= 1, var + eps > 0",
    derivations=(
        derive(
            "second derivative along v",
            derivative(derivative(L, x, v), x, v),
            (
                "chain rule",
                square(gamma / std()) * inner(Pv, times_H(Pv))
                - gamma
                / (m * std() ** 2)
                * (second - 3 / m * square(inner(xhat(), v)) * inner(xhat(), G)),
            ),
        ),
    ),
)
