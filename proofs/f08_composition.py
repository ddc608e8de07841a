r"""F08. Two batch normalizations in a row are one, with a smaller scale.

Statement.
    the second radicand: v_{1} + \epsilon_{2} = \frac{1}{\sigma^2 + \epsilon} (\gamma^2 +
        \epsilon_{2}) (\sigma^2 + r)
    the square of the output: \frac{(y_i - \mu_{1})^2}{v_{1} + \epsilon_{2}} = \frac{(\gamma (x_i -
        \mu))^2}{(\gamma^2 + \epsilon_{2}) (\sigma^2 + r)}
    where r = \frac{\epsilon \epsilon_{2}}{\gamma^2 + \epsilon_{2}}
    where \mu_{1} = \frac{1}{m} \sum_i y_i
    where v_{1} = \frac{1}{m} \sum_i (y_i - \mu_{1})^2

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0, \epsilon_{2} > 0

In words.
    With xhat_1 normalized with eps and y = gamma xhat_1 + beta, and q = gamma^2 + eps_2 > 0:
    BN_{eps_2}(y) = gamma / sqrt(q) times the batch normalized with eps eps_2 / q.

Sketch.
    var(y) = gamma^2 var / (var + eps) by F02, so that
        var(y) + eps_2 = q (var + eps eps_2 / q) / (var + eps).
    The positive roots of both sides give the claim. The proof is of the squares, and the outputs
    have the same sign, since all roots are positive.

Source.
    A consequence of F02.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, eps, gamma, mu, square, var, x

eps_2 = Symbol("eps_2", positive=True)
q = square(gamma) + eps_2
y = batchnorm()

theorem = Theorem(
    id="F08",
    title="Two batch normalizations in a row are one",
    domain="m >= 1, var + eps > 0, eps_2 > 0",
    derivations=(
        derive(
            "the second radicand",
            var(y) + eps_2,
            ("substitute", square(gamma) * var() / (var() + eps) + eps_2),
            ("collect", q * (var() + eps * eps_2 / q) / (var() + eps)),
        ),
        derive(
            "the square of the output",
            square(y - mu(y)) / (var(y) + eps_2),
            ("substitute", square(gamma * (x - mu())) / (q * (var() + eps * eps_2 / q))),
        ),
    ),
)
