"""F24. How the output depends on eps.

Statement.
    d xhat / d eps = -xhat / (2 (var + eps)), and xhat with eps_1 is xhat with eps_2 times
    sqrt((var + eps_2) / (var + eps_1)).

Sketch.
    The power rule for (var + eps)^(-1/2).

Source.
    Own.
"""

from bncheck.symbolic.expression import Symbol
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, gradient, std, var, xhat

eps_2 = Symbol("eps_2", positive=True)

theorem = Theorem(
    id="F24",
    title="Dependence on eps",
    derivations=(
        derive("derivative", gradient(xhat(), eps), ("power rule", -xhat() / (2 * (var() + eps)))),
        derive("another eps", xhat(), ("collect", xhat(eps=eps_2) * std(eps=eps_2) / std())),
    ),
)
