r"""F28. eps can be read off two outputs.

Statement.
    squared ratio: (\hat{x}_j - \hat{x}_k)^2 (\sigma^2 + \epsilon) = (x_j - x_k)^2

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    (x_j - x_k)^2 = (xhat_j - xhat_k)^2 (var + eps): the squared ratio of two differences minus
    the variance is eps.

Sketch.
    F19 with gamma = 1, squared.

Source.
    Own; this is how a fingerprint infers eps and its place.
"""

from bncheck.symbolic.expression import j, k
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, square, std, var, x, xhat

theorem = Theorem(
    id="F28",
    title="eps can be read off two outputs",
    derivations=(
        derive(
            "squared ratio",
            square(xhat()[j] - xhat()[k]) * (var() + eps),
            ("substitute", square((x[j] - x[k]) / std()) * (var() + eps)),
            ("cancel", square(x[j] - x[k])),
        ),
    ),
)
