r"""F24. How the output depends on eps.

Statement.
    derivative: \frac{\partial}{\partial \epsilon} \hat{x}_i = -\frac{\hat{x}_i}{2 (\sigma^2 +
        \epsilon)}
    another eps: \hat{x}_i = \frac{\frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon_{2}}} \sqrt{\sigma^2
        + \epsilon_{2}}}{s}, if \epsilon_{2} > 0
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
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
