"""W12. On whitened inputs, batch normalization is weight normalization.

Statement.
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
    domain="m >= 1; w != 0 where eps = 0",
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
