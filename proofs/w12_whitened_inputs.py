r"""W12. On whitened inputs, batch normalization is weight normalization.

Statement.
    of the moments alone: \frac{z_i - \bar{x}}{\sqrt{\frac{1}{m} \sum_j (z_j - \bar{x})^2 +
        \epsilon}} = \frac{1}{\sqrt{\sum_{c=1}^{d} \sum_{e=1}^{d} \frac{w_c w_e}{m} \sum_j r_{jc}
        r_{j,e} + \epsilon}} \sum_{c=1}^{d} w_c r_{ic}, if \sum_{c=1}^{d} \sum_{e=1}^{d} \frac{w_c
        w_e}{m} \sum_j r_{jc} r_{j,e} + \epsilon > 0
    mean 0, covariance I, eps = 0: \frac{z_i}{\sqrt{\sum_{c=1}^{d} \sum_{e=1}^{d} w_c \delta_{ce}
        w_e}} = \frac{z_i}{\sqrt{\sum_{c=1}^{d} w_c^2}}, if \sum_{c=1}^{d} \sum_{e=1}^{d} w_c
        \delta_{ce} w_e > 0
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where r_{i,e} = u_{i,e} - \frac{1}{m} \sum_j u_{j,e}
    where \bar{x} = \frac{1}{m} \sum_i z_i

Domain.
    m \ge 1, \epsilon > 0

In words.
    The normalized output of a unit depends on the weights through the inputs' means M_c and
    covariances S_ce alone: sum_c w_c (u_ic - M_c) / sqrt(w' S w + eps). For M = 0, S = I and
    eps = 0 this is w . u_i / |w|.

Sketch.
    W11, and then the hypothesis is put in: delta_ce for S_ce.

Source.
    Salimans and Kingma (2016), arXiv:1602.07868, section 2.2.
"""

from bncheck.symbolic.expression import Element, Index, Sum, delta, i, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import c, eps, mean, preactivation, square, u, w, xhat

e = Index("e", "d")
u_e, w_e = Element("u", (i, e)), Element("w", (e,))


def of_moments(means, covariances, epsilon):
    """Return the output as a function of the inputs' first two moments."""
    spread = Sum(c, Sum(e, w * covariances * w_e))
    return Sum(c, w * (u - means)) / sqrt(spread + epsilon)


theorem = Theorem(
    id="W12",
    title="On whitened inputs, batch normalization is weight normalization",
    domain="m >= 1, eps > 0",
    derivations=(
        derive(
            "of the moments alone",
            xhat(preactivation()),
            ("linearity", of_moments(mean(u), mean((u - mean(u)) * (u_e - mean(u_e))), eps)),
        ),
        derive(
            "mean 0, covariance I, eps = 0",
            of_moments(0, delta(c, e), 0),
            ("substitute", preactivation() / sqrt(Sum(c, square(w)))),
        ),
    ),
)
