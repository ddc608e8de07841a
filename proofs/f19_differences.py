r"""F19. Differences of outputs are differences of inputs, scaled by gamma / sqrt(var + eps).

Statement.
    difference: y_j - y_k = \frac{\gamma}{s} (x_j - x_k)
    weighted sum: \sum_i a_i y_i = \frac{\gamma}{s} \sum_i a_i x_i + (\beta - \frac{\gamma \mu}{s})
        \sum_i a_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    y_j - y_k = gamma (x_j - x_k) / s with s = sqrt(var + eps); and for weights a, the weighted
    sums agree up to the part that a constant would contribute:
    sum a_i y_i = gamma / s sum a_i x_i + (beta - gamma mu / s) sum a_i.

Sketch.
    Within one batch, y is an affine function of x.

Source.
    Immediate; gamma > 0 makes it order preserving.
"""

from bncheck.symbolic.expression import j, k, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, beta, gamma, inner, mu, std, total, x

a = vector("a")

theorem = Theorem(
    id="F19",
    title="Within a batch the output is an affine function of the input",
    derivations=(
        derive(
            "difference",
            batchnorm()[j] - batchnorm()[k],
            ("cancel", gamma * (x[j] - x[k]) / std()),
        ),
        derive(
            "weighted sum",
            inner(a, batchnorm()),
            ("expand", gamma / std() * inner(a, x) + (beta - gamma * mu() / std()) * total(a)),
        ),
    ),
)
