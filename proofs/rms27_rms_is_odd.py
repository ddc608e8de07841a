r"""RMS27. RMS normalization is odd, and its gradient even.

Statement.
    output: \gamma_i t_i = -\gamma_i z_i
    dx: \frac{1}{\sqrt{\frac{1}{m} \sum_j (-x_j)^2 + \epsilon}} (h_i - \frac{t_i}{m} \sum_j h_j
        t_j) = \frac{1}{r} (h_i - \frac{z_i}{m} \sum_j h_j z_j)
    where t_i = -\frac{x_i}{\sqrt{\frac{1}{m} \sum_j (-x_j)^2 + \epsilon}}
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}
    where h_i = \gamma_i dy_i

Domain.
    m \ge 1, \epsilon > 0

In words.
    The output at -x is minus that at x; the input gradient is the same at both.

Sketch.
    The root is of squares.

Source.
    Own.
"""

from bncheck.symbolic.expression import Named, i, sqrt
from bncheck.symbolic.relatives import gammas, h, rms_backward, rmsnorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, square, x

other = Named("t", (i,), -x / sqrt(mean(square(-x)) + eps))
root = sqrt(mean(square(-x)) + eps)

theorem = Theorem(
    id="RMS27",
    title="RMS normalization is odd, and its gradient even",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("output", gammas * other, ("cancel", -rmsnorm())),
        derive("dx", (h() - other * mean(h() * other)) / root, ("cancel", rms_backward(h()))),
    ),
)
