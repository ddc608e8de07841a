r"""RMS13. RMS normalization: double backward, with gamma inside.

Statement.
    dF/dx: \frac{\partial F}{\partial x_j} = -\frac{1}{m r^2} ((\sum_i w_i h_i) z_j + (\sum_i
        z_i h_i) w_j + (\sum_i z_i w_i) h_j - \frac{3 z_j}{m} (\sum_i z_i w_i) \sum_i z_i h_i)
    dF/d dy: \frac{\partial F}{\partial dy_j} = \frac{\gamma_j}{r} (w_j - \frac{z_j}{m} \sum_i
        w_i z_i)
    dF/dgamma: \frac{\partial F}{\partial \gamma_j} = dy_j \frac{1}{r} (w_j - \frac{z_j}{m}
        \sum_i w_i z_i)
    where h_i = \gamma_i dy_i
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}
    where F = \sum_i \frac{w_i}{r} (h_i - \frac{z_i}{m} \sum_j h_j z_j)

Domain.
    m \ge 1, \epsilon > 0

In words.
    For F = <w, dx> and J as in RMS11: dF/dx = -(<w, h> z + <z, h> w + <z, w> h - (3 / m) <z, w>
    <z, h> z) / (m r^2), which is layer normalization's without the centring; dF/d dy = gamma J w;
    dF/dgamma = dy J w.

Sketch.
    F = <h, J w>, since J is symmetric.

Source.
    Own; what automatic differentiation computes for create_graph=True.
"""

from bncheck.symbolic.expression import j, vector
from bncheck.symbolic.relatives import gammas, h, rms, rms_backward, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, gradient, inner, m, square, x

w = vector("w")
F = inner(w, rms_backward(h()))
bracket = (
    inner(w, h()) * z()
    + inner(z(), h()) * w
    + inner(z(), w) * h()
    - 3 / m * inner(z(), w) * inner(z(), h()) * z()
)

theorem = Theorem(
    id="RMS13",
    title="RMS normalization: double backward, with gamma inside",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "dF/dx", gradient(F, x, j), ("product rule", (-1 / (m * square(rms())) * bracket)[j])
        ),
        derive("dF/d dy", gradient(F, dy, j), ("symmetry", (gammas * rms_backward(w))[j])),
        derive("dF/dgamma", gradient(F, gammas, j), ("symmetry", (dy * rms_backward(w))[j])),
    ),
)
