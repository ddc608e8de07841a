r"""RMS10. RMS normalization: the norm of the input gradient.

Statement.
    norm of dx: \sum_i (\frac{1}{r} (h_i - \frac{z_i}{m} \sum_j h_j z_j))^2 = \frac{1}{r^2}
        (\sum_i h_i^2 - \frac{1}{m} (\frac{\epsilon}{r^2} + 1) (\sum_i h_i z_i)^2)
    where h_i = \gamma_i dy_i
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    |dx|^2 = (|h|^2 - (1 + eps / r^2) <h, z>^2 / m) / r^2, h = gamma dy.

Sketch.
    Expand the square of RMS07; sum z^2 = m (1 - eps / r^2).

Source.
    A consequence of RMS07.
"""

from bncheck.symbolic.relatives import h, rms, rms_backward, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, inner, m, square, total

along = inner(h(), z())

theorem = Theorem(
    id="RMS10",
    title="RMS normalization: the norm of the input gradient",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "norm of dx",
            total(square(rms_backward(h()))),
            (
                "expand",
                (total(square(h())) - (1 + eps / square(rms())) * square(along) / m)
                / square(rms()),
            ),
        ),
    ),
)
