"""W02. The two Jacobians of Ioffe and Szegedy, section 3.3, with sign and eps.

Statement.
    dBN_eps((aW)u)/du = sign(a) dBN_{eps/a^2}(Wu)/du, and
    dBN_eps((aW)u)/d(aW) = (1 / |a|) dBN_{eps/a^2}(Wu)/dW.
    Stated for the derivatives along any direction: r of u, q of W.

Sketch.
    Differentiate the scale law (F04). Moving aW by q is moving W by q / a;
    sign(a) / a = 1 / |a|.

Source.
    Ioffe and Szegedy (2015), section 3.3, print 1 instead of sign(a), 1 / a instead of 1 / |a|,
    and the same eps: right for eps = 0 and a > 0 only.
"""

from bncheck.symbolic.expression import Element, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    absolute,
    batchnorm,
    c,
    derivative,
    eps,
    gamma,
    preactivation,
    sign,
    square,
    u,
    w,
)

a = Symbol("a")
r, q = Element("r", (i, c)), Element("q", (c,))
scaled = batchnorm(preactivation(a * w))
small = batchnorm(preactivation(), gamma=gamma * sign(a), eps=eps / square(a))
plain = batchnorm(preactivation(), eps=eps / square(a))

theorem = Theorem(
    id="W02",
    title="The Jacobians at scaled weights",
    domain="m >= 1, a != 0",
    derivations=(
        derive(
            "by u",
            derivative(scaled, u, r),
            ("substitute", derivative(small, u, r)),
            ("linearity", sign(a) * derivative(plain, u, r)),
        ),
        # the weights a w move by q when w moves by q / a
        derive(
            "by aW",
            derivative(scaled, w, q / a),
            ("substitute", derivative(small, w, q / a)),
            ("linearity", derivative(plain, w, q) / absolute(a)),
        ),
    ),
)
