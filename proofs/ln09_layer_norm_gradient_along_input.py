r"""LN09. Layer normalization: the input gradient along the input.

Statement.
    along x: \mathrm{D}_{x_i \to x_i} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)) =
        \frac{\epsilon}{\sigma^2 + \epsilon} \sum_i h_i \hat{x}_i
    along xhat: \sum_i \frac{\hat{x}_i}{s} (h_i - \frac{1}{m} \sum_j h_j - \frac{\hat{x}_i}{m}
        \sum_j h_j \hat{x}_j) = \frac{\epsilon}{(\sigma^2 + \epsilon) s} \sum_i h_i \hat{x}_i
    where h_i = \gamma_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    <x, dx> = eps / (var + eps) <h, xhat>, h = gamma dy: almost orthogonal, and exactly so for eps
    = 0. Along xhat it is the same, divided by s. With gamma outside the means the right side would
    have dy for h.

Sketch.
    Contract LN07 with x: sum xhat^2 = m var / (var + eps).

Source.
    A consequence of LN07.
"""

from bncheck.symbolic.relatives import h, layer_backward, layernorm, s
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, eps, inner, var, x, xhat

L = inner(dy, layernorm())

theorem = Theorem(
    id="LN09",
    title="Layer normalization: the input gradient along the input",
    derivations=(
        derive(
            "along x", derivative(L, x, x), ("chain rule", eps / (var() + eps) * inner(h(), xhat()))
        ),
        derive(
            "along xhat",
            inner(xhat(), layer_backward(h())),
            ("normalized", eps / ((var() + eps) * s()) * inner(h(), xhat())),
        ),
    ),
)
