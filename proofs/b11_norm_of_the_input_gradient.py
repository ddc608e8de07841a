r"""B11. The exact norm of the input gradient.

Statement.
    squared norm: \sum_i dx_i^2 = (\frac{\gamma}{s})^2 (\sum_i dy_i^2 - \frac{(\sum_i dy_i)^2}{m} -
        \frac{1}{m} dgamma^2 (\frac{\epsilon}{\sigma^2 + \epsilon} + 1))
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    sum (dL/dx)^2 = (gamma / s)^2 (sum dy^2 - (sum dy)^2 / m - (1 + eps / s^2) (dL/dgamma)^2 / m).

Sketch.
    Square the compact form (B01): 1 and xhat are orthogonal, sum xhat^2 = m (1 - eps / s^2).

Source.
    At eps = 0 this is Theorem 4.1 of Santurkar et al. (2018), there an inequality (see L01).
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dgamma, dx, dy, eps, gamma, m, square, std, total

bracket = total(square(dy)) - square(total(dy)) / m - (1 + eps / std() ** 2) * square(dgamma()) / m

theorem = Theorem(
    id="B11",
    title="The exact norm of the input gradient",
    derivations=(
        derive(
            "squared norm",
            total(square(dx())),
            ("substitute", total(square(backward()))),
            ("expand", square(gamma / std()) * bracket),
        ),
    ),
)
