"""B06. The backward pass is linear in the cotangent.

Statement.
    dx, dgamma, dbeta of dy + t g are those of dy plus t times those of g.

Sketch.
    The loss <dy, y> is linear in dy, and so are its derivatives.

Source.
    Immediate.
"""

from bncheck.symbolic.expression import Symbol, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dbeta, dgamma, dx, dy

t, g = Symbol("t"), vector("g")
both = dy + t * g

theorem = Theorem(
    id="B06",
    title="Linear in the cotangent",
    derivations=(
        derive("dx", dx(both), ("linearity", dx() + t * dx(g))),
        derive("dgamma", dgamma(both), ("linearity", dgamma() + t * dgamma(g))),
        derive("dbeta", dbeta(both), ("linearity", dbeta() + t * dbeta(g))),
    ),
)
