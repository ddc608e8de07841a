r"""RMS02. RMS normalization: the mean square of what is normalized.

Statement.
    mean square: \frac{1}{m} \sum_i z_i^2 = \frac{1}{m (\frac{1}{m} \sum_i x_i^2 + \epsilon)}
        \sum_i x_i^2
    what is missing: 1 - \frac{1}{m} \sum_i z_i^2 = \frac{\epsilon}{r^2}
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_i = \frac{x_i}{r}

Domain.
    m \ge 1, \epsilon > 0

In words.
    The mean of z^2 is q / (q + eps), where q is the mean of x^2: 1 only for eps = 0. The mean of z
    is not 0.

Sketch.
    The same root divides all values.

Source.
    F02 without a mean; Zhang and Sennrich (2019), arXiv:1910.07467.
"""

from bncheck.symbolic.relatives import rms, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, mean, square, x

q = mean(square(x))

theorem = Theorem(
    id="RMS02",
    title="RMS normalization: the mean square of what is normalized",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("mean square", mean(square(z())), ("collect", q / (q + eps))),
        derive("what is missing", 1 - mean(square(z())), ("collect", eps / square(rms()))),
    ),
)
