r"""W20. Joint whitening: m samples have a covariance of rank at most m - 1, and may leave nothing.

Statement.
    deviations of a unit: \sum_i (x_i - \mu) = 0
    of all units together: \sum_i (\sum_{c=1}^{d} w_c u_{ic} - \frac{1}{m} \sum_j \sum_{c=1}^{d} w_c
        u_{jc}) = 0
    squared distance: m (1 - \frac{1}{m}) + m (1 - \frac{1}{m}) - 2 m (\delta_{jk} - \frac{1}{m})
        = 2 m (1 - \delta_{jk})

Domain.
    m \ge 1

In words.
    The m deviations of any unit, or of any combination of units, sum to 0: the centred batch has
    rank at most m - 1, and so has its covariance, which is singular where there are m or more
    units. Where the rank is m - 1, the batch whitened by the pseudo-inverse has the Gram matrix
    m (I - 1 1'/m), whatever it was: the squared distance of any two samples is 2 m, so that every
    batch becomes the same simplex.

Sketch.
    With the left singular vectors U of the centred batch, sqrt(m) U is whitened. U U' projects
    onto the span of the columns, which all sum to 0; where there are m - 1 of them, that is
    everything that does. The distance is read off the Gram matrix.

Source.
    Ioffe and Szegedy (2015), section 3: "the covariance matrix would be singular"; the distances
    are measured in experiment E14 of `bncheck lab`.
"""

from bncheck.symbolic.expression import delta, j, k
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mean, mu, preactivation, total, x

z = preactivation()


def gram(same):
    """Return an entry of m (I - 1 1'/m); same: 1 on the diagonal, or the delta of its indices."""
    return m * (same - 1 / m)


theorem = Theorem(
    id="W20",
    title="Joint whitening of small batches",
    domain="m >= 1",
    derivations=(
        derive("deviations of a unit", total(x - mu()), ("linearity", 0)),
        derive("of all units together", total(z - mean(z)), ("linearity", 0)),
        derive(
            "squared distance",
            gram(1) + gram(1) - 2 * gram(delta(j, k)),
            ("collect", 2 * m * (1 - delta(j, k))),
        ),
    ),
)
