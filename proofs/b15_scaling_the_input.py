"""B15. Gradients at a scaled batch: 1 / |a|, sign(a), eps / a^2.

Statement.
    At a x + c, a != 0: dx = dx at x with eps / a^2, divided by |a|; dgamma = sign(a) times dgamma
    at x with eps / a^2; dbeta stays.

Sketch.
    By F04 the output at a x is sign(a) times an output with eps / a^2; differentiating it by a x
    divides by a, and sign(a) / a = 1 / |a|.

Source.
    Ioffe and Szegedy (2015), section 3.3, print 1 / a.
"""

from bncheck.symbolic.expression import Symbol, j
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    absolute,
    backward,
    batchnorm,
    dy,
    eps,
    gradient,
    inner,
    sign,
    square,
    x,
    xhat,
)

a, c = Symbol("a"), Symbol("c")
small = eps / square(a)

theorem = Theorem(
    id="B15",
    title="The gradients at a scaled batch",
    domain="m >= 1, a != 0",
    derivations=(
        derive("dx", backward(dy, a * x + c), ("collect", backward(dy, x, small) / absolute(a))),
        derive(
            "dgamma", inner(dy, xhat(a * x + c)), ("collect", sign(a) * inner(dy, xhat(eps=small)))
        ),
        derive(
            "dx by the chain rule",
            gradient(inner(dy, batchnorm(a * x + c)), x, j),
            ("chain rule", a * backward(dy, a * x + c)[j]),
        ),
    ),
)
