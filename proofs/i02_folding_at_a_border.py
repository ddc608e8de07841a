r"""I02. Folding inference into a convolution: after it always, before it not at a padded border.

Statement.
    convolution, then inference: \frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (\sum_{c=1}^{d}
        w_c p_c x_c + b - \mu_{run}) + \beta = \sum_{c=1}^{d} \frac{\gamma w_c p_c
        x_c}{\sqrt{\sigma^2_{run} + \epsilon}} + \beta - \frac{\gamma
        \mu_{run}}{\sqrt{\sigma^2_{run} + \epsilon}} + \frac{\gamma b}{\sqrt{\sigma^2_{run} +
        \epsilon}}
    inference, then convolution: what is off: \sum_{c=1}^{d} \frac{\gamma w_c}{\sqrt{\sigma^2_{run}
        + \epsilon}} (p_c x_c + (1 - p_c) v) + \bar{w} + b - (t + b) = (\frac{\gamma
        v}{\sqrt{\sigma^2_{run} + \epsilon}} + \beta - \frac{\gamma \mu_{run}}{\sqrt{\sigma^2_{run}
        + \epsilon}}) \sum_{c=1}^{d} w_c (1 - p_c)
    the padding that is exact: \sum_{c=1}^{d} \frac{\gamma w_c}{\sqrt{\sigma^2_{run} + \epsilon}}
        (p_c x_c + (1 - p_c) (\mu_{run} - \frac{\beta}{\frac{\gamma}{\sqrt{\sigma^2_{run} +
        \epsilon}}})) + \bar{w} = t, if \gamma \neq 0
    where \bar{w} = (\beta - \frac{\gamma \mu_{run}}{\sqrt{\sigma^2_{run} + \epsilon}})
        \sum_{c=1}^{d} w_c
    where t = \sum_{c=1}^{d} w_c p_c (\frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (x_c -
        \mu_{run}) + \beta)

Domain.
    \sigma^2_{\mathrm{run}} + \epsilon > 0

In words.
    Let p_c be 1 for the taps of a window inside the image and 0 outside, k = gamma /
    sqrt(running_var + eps) and o = beta - k running_mean, so that inference is k x + o. Then
    convolution, then inference: the convolution with weights k w and bias o + k b, at the border
    too, padded with 0.
    Inference, then convolution padded with 0: the folded convolution, padded with a value v, is
    off by (k v + o) times the sum of the weights outside. So it is wrong for v = 0, and exact for
    all weights if and only if v = running_mean - beta / k.

Sketch.
    A window is a sum over its taps, sum_c w_c (p_c x_c + (1 - p_c) v), and inference is affine
    (I01). Nothing is used of p, so the equations hold for every shape of border.

Source.
    Own.
"""

from bncheck.symbolic.expression import Element, Scalar, Sum, Symbol, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import beta, c, eps, gamma, infer, running_mean, running_var, w

image, inside = Element("x", (c,)), Element("p", (c,))
b, v = Symbol("b"), Symbol("v")
k = gamma / sqrt(running_var + eps)
offset = beta - k * running_mean


def window(weights, values, pad: Scalar = 0):
    """Return one output of a convolution: the taps that lie outside see the padding."""
    return Sum(c, weights * (inside * values + (1 - inside) * pad))


weights_outside = Sum(c, w * (1 - inside))
after = window(w, infer(image))
folded = window(k * w, image, v) + offset * Sum(c, w) + b

theorem = Theorem(
    id="I02",
    title="Folding inference into a convolution, and what happens at a padded border",
    domain="running_var + eps > 0",
    derivations=(
        derive(
            "convolution, then inference",
            infer(window(w, image) + b),
            ("expand", k * (window(w, image) + b) + offset),
            ("linearity", window(k * w, image) + offset + k * b),
        ),
        derive(
            "inference, then convolution: what is off",
            folded - (after + b),
            ("expand", window(k * w, image, v) + offset * Sum(c, w) - after),
            ("collect", (k * v + offset) * weights_outside),
        ),
        derive(
            "the padding that is exact",
            window(k * w, image, running_mean - beta / k) + offset * Sum(c, w),
            ("substitute", window(k * w, image) - offset * weights_outside + offset * Sum(c, w)),
            ("collect", after),
        ),
    ),
)
