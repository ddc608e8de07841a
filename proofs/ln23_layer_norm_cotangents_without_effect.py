r"""LN23. Layer normalization: cotangents that no input gradient follows.

Statement.
    h constant: \mathrm{D}_{x_i \to v_i} (\sum_i a \hat{x}_i) = 0
    dy constant: \mathrm{D}_{\gamma_i \to 1} (\sum_i a (\gamma_i \hat{x}_i + \beta_i)) = 0

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    If gamma dy is the same in all features, dx = 0: a test with gamma = 1 and a cotangent of ones
    tests nothing. If dy is the same in all features and gamma is not, the gradients of gamma still
    add up to 0 over the features of a row, while dx is not 0.

Sketch.
    The sum of xhat is 0.

Source.
    A consequence of LN07.
"""

from bncheck.symbolic.expression import Symbol, vector
from bncheck.symbolic.relatives import gammas, layernorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, inner, x, xhat

a = Symbol("a")

theorem = Theorem(
    id="LN23",
    title="Layer normalization: cotangents that no input gradient follows",
    derivations=(
        derive("h constant", derivative(inner(a, xhat()), x, vector("v")), ("centred", 0)),
        derive("dy constant", derivative(inner(a, layernorm()), gammas, 1), ("centred", 0)),
    ),
)
