r"""RMS09. RMS normalization: the input gradient along the input.

Statement.
    along x: \mathrm{D}_{x_i \to x_i} (\sum_i dy_i \gamma_i z_i) = \frac{\epsilon}{r^2} \sum_i
        h_i z_i
    along z: \sum_i \frac{z_i}{r} (h_i - \frac{z_i}{m} \sum_j h_j z_j) = \frac{\epsilon}{r^3}
        \sum_i h_i z_i
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}
    where h_i = \gamma_i dy_i

Domain.
    m \ge 1, \epsilon > 0

In words.
    <x, dx> = eps / r^2 <h, z>: almost orthogonal, and exactly so for eps = 0. Along z it is the
    same, divided by r.

Sketch.
    Contract RMS07 with x: sum z^2 = m q / (q + eps).

Source.
    A consequence of RMS07.
"""

from bncheck.symbolic.relatives import h, rms, rms_backward, rmsnorm, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, eps, inner, square, x

L = inner(dy, rmsnorm())

theorem = Theorem(
    id="RMS09",
    title="RMS normalization: the input gradient along the input",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "along x", derivative(L, x, x), ("chain rule", eps / square(rms()) * inner(h(), z()))
        ),
        derive(
            "along z",
            inner(z(), rms_backward(h())),
            ("normalized", eps / rms() ** 3 * inner(h(), z())),
        ),
    ),
)
