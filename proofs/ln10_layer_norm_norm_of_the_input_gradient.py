r"""LN10. Layer normalization: the norm of the input gradient.

Statement.
    norm of dx: \sum_i (\frac{1}{s} (h_i - \frac{1}{m} \sum_j h_j - \frac{\hat{x}_i}{m} \sum_j
        h_j \hat{x}_j))^2 = \frac{1}{\sigma^2 + \epsilon} (\sum_i h_i^2 - \frac{1}{m} (\sum_i
        h_i)^2 - \frac{1}{m} (\frac{\epsilon}{\sigma^2 + \epsilon} + 1) (\sum_i h_i \hat{x}_i)^2)
    where h_i = \gamma_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    |dx|^2 = (|h|^2 - (sum h)^2 / m - (1 + eps / (var + eps)) <h, xhat>^2 / m) / (var + eps), h =
    gamma dy.

Sketch.
    Expand the square of LN07; sum xhat = 0 and sum xhat^2 = m var / (var + eps).

Source.
    A consequence of LN07; B11 with h for gamma dy.
"""

from bncheck.symbolic.relatives import h, layer_backward
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, inner, m, square, total, var, xhat

along = inner(h(), xhat())

theorem = Theorem(
    id="LN10",
    title="Layer normalization: the norm of the input gradient",
    derivations=(
        derive(
            "norm of dx",
            total(square(layer_backward(h()))),
            (
                "expand",
                (
                    total(square(h()))
                    - square(total(h())) / m
                    - (1 + eps / (var() + eps)) * square(along) / m
                )
                / (var() + eps),
            ),
        ),
    ),
)
