r"""W02. The two Jacobians of Ioffe and Szegedy, section 3.3, with sign and eps.

Statement.
    by u: \mathrm{D}_{u_{jc} \to r_{jc}} v_i = \frac{|a| (\mathrm{D}_{u_{jc} \to r_{jc}}
        \tilde{y}_i)}{a}
    by aW: \mathrm{D}_{w_c \to \frac{q_c}{a}} v_i = \frac{\mathrm{D}_{w_c \to q_c}
        \tilde{y}_i}{|a|}
    where z_i = \sum_{c=1}^{d} w_c u_{ic}
    where g_i = \sum_{c=1}^{d} a w_c u_{ic}
    where \bar{x} = \frac{1}{m} \sum_i z_i
    where \mu_{1} = \frac{1}{m} \sum_i g_i
    where \tilde{y}_i = \gamma \frac{z_i - \bar{x}}{\sqrt{\frac{1}{m} \sum_j (z_j - \bar{x})^2 +
        \frac{\epsilon}{a^2}}} + \beta
    where v_i = \gamma \frac{g_i - \mu_{1}}{\sqrt{\frac{1}{m} \sum_j (g_j - \mu_{1})^2 + \epsilon}}
        + \beta

Domain.
    m \ge 1, a \neq 0, \epsilon > 0

In words.
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
    domain="m >= 1, a != 0, eps > 0",
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
