r"""F11. A batch repeated r times gives its output repeated r times.

Statement.
    mean: g = \mu
    variance: \frac{h}{m n} = \sigma^2
    output: \frac{x_i - g}{\sqrt{\frac{h}{m n} + \epsilon}} = \hat{x}_i
    where g = \frac{1}{m n} \sum_{r=1}^{n} \sum_i x_i
    where h = \sum_{r=1}^{n} \sum_i (x_i - g)^2

Domain.
    m \ge 1, n \ge 1, \sigma^2 + \epsilon > 0

In words.
    The statistics over r copies of the batch are those of the batch, so every copy of x_j is
    normalized to xhat_j.

Sketch.
    Each sum is r times as large, and so is the number of values.

Source.
    Immediate.
"""

from bncheck.symbolic.expression import Index, Named, Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, mu, square, total, var, x, xhat

copy = Index("r", "n")
n = Symbol("n", positive=True)
repeated_mean = Named("mu_r", (), total(total(x), copy) / (m * n))
repeated_var = Named("var_r", (), total(total(square(x - repeated_mean)), copy) / (m * n))

theorem = Theorem(
    id="F11",
    title="Repeating the batch repeats the output",
    domain="m >= 1, n >= 1, var + eps > 0",
    derivations=(
        derive("mean", repeated_mean, ("linearity", n * total(x) / (m * n)), ("cancel", mu())),
        derive("variance", repeated_var, ("linearity", var())),
        derive("output", (x - repeated_mean) / sqrt(repeated_var + eps), ("substitute", xhat())),
    ),
)
