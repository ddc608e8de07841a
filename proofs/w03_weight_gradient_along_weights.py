"""W03. The weight gradient along the weights: zero only if eps is.

Statement.
    <w, dL/dw> = gamma eps / (var + eps) dL/dgamma = -2 eps dL/deps, var of the preactivations.

Sketch.
    Moving w along itself moves z = W u along itself: B04 and B05.

Source.
    Arora, Li and Lyu (2019), arXiv:1812.03981, Lemma 2.4, at eps = 0, where it is 0.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    batchnorm,
    derivative,
    eps,
    gamma,
    gradient,
    loss,
    preactivation,
    var,
    w,
)

z = preactivation()
L = loss(batchnorm(z))
along = derivative(L, w, w)

theorem = Theorem(
    id="W03",
    title="The weight gradient along the weights is proportional to eps",
    derivations=(
        derive("along w", along, ("chain rule", gamma * eps / (var(z) + eps) * gradient(L, gamma))),
        derive("Euler", along, ("substitute", -2 * eps * gradient(L, eps))),
    ),
)
