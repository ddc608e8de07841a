r"""RMS16. RMS normalization: the derivative of the output by eps.

Statement.
    by eps: \frac{\partial}{\partial \epsilon} (\gamma_i z_i) = -\frac{\gamma_i z_i}{2 r^2}
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    d/d eps of gamma z is -gamma z / (2 r^2).

Sketch.
    eps occurs in the root alone.

Source.
    A consequence of RMS07's chain rule.
"""

from bncheck.symbolic.relatives import gammas, rms, rmsnorm, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, eps, square

theorem = Theorem(
    id="RMS16",
    title="RMS normalization: the derivative of the output by eps",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "by eps",
            derivative(rmsnorm(), eps, 1),
            ("power rule", -gammas * z() / (2 * square(rms()))),
        ),
    ),
)
