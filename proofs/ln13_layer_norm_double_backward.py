r"""LN13. Layer normalization: double backward, with gamma inside.

Statement.
    dF/dx: \frac{\partial F}{\partial x_j} = -\frac{1}{m (\sigma^2 + \epsilon)} ((\sum_i (w_i -
        \frac{1}{m} \sum_k w_k) (h_i - \frac{1}{m} \sum_k h_k)) \hat{x}_j + (\sum_i \hat{x}_i h_i)
        (w_j - \frac{1}{m} \sum_i w_i) + (\sum_i \hat{x}_i w_i) (h_j - \frac{1}{m} \sum_i h_i) -
        \frac{3 \hat{x}_j}{m} (\sum_i \hat{x}_i w_i) \sum_i \hat{x}_i h_i)
    dF/d dy: \frac{\partial F}{\partial dy_j} = \frac{\gamma_j}{s} (w_j - \frac{1}{m} \sum_i
        w_i - \frac{\hat{x}_j}{m} \sum_i w_i \hat{x}_i)
    dF/dgamma: \frac{\partial F}{\partial \gamma_j} = dy_j \frac{1}{s} (w_j - \frac{1}{m}
        \sum_i w_i - \frac{\hat{x}_j}{m} \sum_i w_i \hat{x}_i)
    where h_i = \gamma_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}
    where F = \sum_i \frac{w_i}{s} (h_i - \frac{1}{m} \sum_j h_j - \frac{\hat{x}_i}{m} \sum_j
        h_j \hat{x}_j)

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    For F = <w, dx>, C v = v - mean(v) and J as in LN11: dF/dx is batch normalization's with h for
    gamma dy; dF/d dy = gamma J w; dF/dgamma = dy J w. gamma is in front of the last two, as J w
    does not contain it.

Sketch.
    F = <h, J w>, since J is symmetric. By x it is B21; by dy and gamma it is linear.

Source.
    Own; what automatic differentiation computes for create_graph=True.
"""

from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.relatives import gammas, h, layer_backward
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, eps, gradient, inner, m, mean, var, x, xhat

w = vector("w")
F = inner(w, layer_backward(h()))
cw, ch = w - mean(w), h() - mean(h())
bracket = (
    inner(cw, ch) * xhat()
    + inner(xhat(), h()) * cw
    + inner(xhat(), w) * ch
    - 3 / m * inner(xhat(), w) * inner(xhat(), h()) * xhat()
)

theorem = Theorem(
    id="LN13",
    title="Layer normalization: double backward, with gamma inside",
    derivations=(
        derive(
            "dF/dx", gradient(F, x, j), ("product rule", (-1 / (m * (var() + eps)) * bracket)[j])
        ),
        derive("dF/d dy", gradient(F, dy, j), ("symmetry", (gammas * layer_backward(w))[j])),
        derive("dF/dgamma", gradient(F, gammas, j), ("symmetry", (dy * layer_backward(w))[j])),
    ),
)
