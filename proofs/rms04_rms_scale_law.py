r"""RMS04. RMS normalization: the scale of a row, with its eps.

Statement.
    output: \frac{\gamma_i a x_i}{\sqrt{\frac{1}{m} \sum_j (a x_j)^2 + \epsilon}} =
        \frac{\gamma_i \sqrt{a^2} x_i}{a \sqrt{\frac{1}{m} \sum_j x_j^2 + \frac{\epsilon}{a^2}}}

Domain.
    m \ge 1, a \neq 0, \epsilon > 0

In words.
    A row multiplied by a has the output of the row itself with eps / a^2, times the sign of a.
    There is no such law for a shift.

Sketch.
    The mean square is multiplied by a^2; the root of a^2 is |a|.

Source.
    Zhang and Sennrich (2019), section 4: the layer ignores the scale, for eps = 0.
"""

from bncheck.symbolic.expression import Symbol, sqrt
from bncheck.symbolic.relatives import gammas
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, sign, square, x

a = Symbol("a")
q = mean(square(x))

theorem = Theorem(
    id="RMS04",
    title="RMS normalization: the scale of a row, with its eps",
    domain="m >= 1, a != 0, eps > 0",
    derivations=(
        derive(
            "output",
            gammas * a * x / sqrt(mean(square(a * x)) + eps),
            ("root", gammas * sign(a) * x / sqrt(q + eps / square(a))),
        ),
    ),
)
