r"""RMS19. RMS normalization of a row of zeros.

Statement.
    output: \gamma_i z_i = \frac{a \gamma_i x_i}{\sqrt{\frac{a^2}{m} \sum_j x_j^2 + \epsilon}}
    dx: \frac{1}{r} (h_i - \frac{z_i}{m} \sum_j h_j z_j) = \frac{h_i}{\sqrt{\frac{a^2}{m}
        \sum_j x_j^2 + \epsilon}} - \frac{a^2 x_i}{m} (\sum_j h_j x_j) (\frac{a^2}{m} \sum_j x_j^2
        + \epsilon)^{-3/2}
    where r = \sqrt{\frac{1}{m} \sum_i (a x_i)^2 + \epsilon}
    where z_i = \frac{a x_i}{r}
    where h_i = \gamma_i dy_i

Domain.
    m \ge 1, \epsilon > 0

In words.
    Where a row is 0 and eps > 0: y = 0, the row adds nothing to dgamma, and dx = h / sqrt(eps),
    the largest that it can be. A row that is constant and not 0 is nothing special.

Sketch.
    RMS07 at a x, for a = 0.

Source.
    A consequence of RMS07.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.relatives import gammas, h, rms, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, square, x

a = Symbol("a")
root = sqrt(square(a) * mean(square(x)) + eps)

theorem = Theorem(
    id="RMS19",
    title="RMS normalization of a row of zeros",
    domain="m >= 1, eps > 0",
    kind="limit",
    argument="for a = 0 the right sides are 0 and h / sqrt(eps), and they are continuous there",
    derivations=(
        derive("output", gammas * z(a * x), ("collect", a * gammas * x / root)),
        derive(
            "dx",
            (h() - z(a * x) * mean(h() * z(a * x))) / rms(a * x),
            ("expand", h() / root - square(a) * x * mean(h() * x) / root**3),
        ),
    ),
)
