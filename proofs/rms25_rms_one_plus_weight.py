r"""RMS25. RMS normalization with a weight that is stored less one.

Statement.
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i (w_i + 1) z_i) = \frac{1}{r} (h_j -
        \frac{z_j}{m} \sum_i h_i z_i)
    dw: \frac{\partial}{\partial w_j} (\sum_i dy_i (w_i + 1) z_i) = dy_j z_j
    w dw: w_j (\frac{\partial}{\partial w_j} (\sum_i dy_i (w_i + 1) z_i)) = dy_j (w_j + 1) z_j
        - dy_j z_j
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}
    where h_j = (w_j + 1) dy_j

Domain.
    m \ge 1, \epsilon > 0

In words.
    Where y = (1 + w) z, the gradients are those of gamma = 1 + w: dx has 1 + w inside the mean,
    and dw is dgamma. A backward pass that takes w for gamma loses the gradient where w is 0, as it
    is at the start.

Sketch.
    d (1 + w) / d w = 1.

Source.
    Gemma, and Megatron's zero-centered gamma, store the weight so.
"""

from bncheck.symbolic.expression import Named, i, j, vector
from bncheck.symbolic.relatives import rms_backward, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, gradient, inner, x

w = vector("w")
L = inner(dy, (1 + w) * z())
inside = Named("h", (i,), (1 + w) * dy)

theorem = Theorem(
    id="RMS25",
    title="RMS normalization with a weight that is stored less one",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("dx", gradient(L, x, j), ("chain rule", rms_backward(inside)[j])),
        derive("dw", gradient(L, w, j), ("linearity", (dy * z())[j])),
        derive(
            "w dw", w[j] * gradient(L, w, j), ("linearity", (dy * (1 + w) * z())[j] - (dy * z())[j])
        ),
    ),
)
