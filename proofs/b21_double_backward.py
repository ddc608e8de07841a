r"""B21. Double backward: the gradients of the gradient.

Statement.
    F: \sum_i v_i dx_i = \sum_i \frac{v_i \gamma}{s} (dy_i - \frac{1}{m} \sum_j dy_j -
        \frac{\hat{x}_i}{m} \sum_j dy_j \hat{x}_j)
    dF/dx: \frac{\partial}{\partial x_j} (\sum_i v_i dx_i) = -\frac{\gamma}{m (\sigma^2 +
        \epsilon)} ((\sum_i (v_i - \frac{1}{m} \sum_k v_k) (dy_i - \frac{1}{m} \sum_k dy_k))
        \hat{x}_j + (\sum_i \hat{x}_i dy_i) (v_j - \frac{1}{m} \sum_i v_i) + (\sum_i \hat{x}_i v_i)
        (dy_j - \frac{1}{m} \sum_i dy_i) - \frac{3 \hat{x}_j}{m} (\sum_i \hat{x}_i v_i) \sum_i
        \hat{x}_i dy_i)
    dF/d dy: \frac{\partial}{\partial dy_j} (\sum_i v_i dx_i) = \frac{\gamma}{s} (v_j - \frac{1}{m}
        \sum_i v_i - \frac{\hat{x}_j}{m} \sum_i v_i \hat{x}_i)
    dF/dgamma: \gamma (\frac{\partial}{\partial \gamma} (\sum_i v_i dx_i)) = \sum_i v_i dx_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    For F = <v, dx> with weights v, and C v = v - mean(v):
    dF/dx = -gamma / (m s^2) (<Cv, C dy> xhat + <xhat, dy> Cv + <xhat, v> C dy
            - (3 / m) <xhat, v> <xhat, dy> xhat),
    dF/d dy = J v = gamma / s (v - mean(v) - xhat mean(v xhat)), dF/dgamma = F / gamma.

Sketch.
    F is a second directional derivative of the loss: contract B20 with dy and v.

Source.
    Own; what automatic differentiation computes for create_graph=True.
"""

from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dx,
    dy,
    gamma,
    gradient,
    inner,
    m,
    mean,
    std,
    x,
    xhat,
)

v = vector("v")
F = inner(v, dx())
cv, cg = v - mean(v), dy - mean(dy)
bracket = (
    inner(cv, cg) * xhat()
    + inner(xhat(), dy) * cv
    + inner(xhat(), v) * cg
    - 3 / m * inner(xhat(), v) * inner(xhat(), dy) * xhat()
)

theorem = Theorem(
    id="B21",
    title="Double backward",
    derivations=(
        derive("F", F, ("substitute", inner(v, backward()))),
        derive(
            "dF/dx",
            gradient(F, x, j),
            ("product rule", (-gamma / (m * std() ** 2) * bracket)[j]),
        ),
        derive("dF/d dy", gradient(F, dy, j), ("symmetry", backward(v)[j])),
        derive("dF/dgamma", gamma * gradient(F, gamma), ("linearity", F)),
    ),
)
