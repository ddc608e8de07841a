r"""I12. Inference commutes with average pooling.

Statement.
    mean over the window: \frac{1}{m} \sum_i (\frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (x_i
        - \mu_{run}) + \beta) = \frac{\gamma}{\sqrt{\sigma^2_{run} + \epsilon}} (\frac{1}{m} \sum_i
        x_i - \mu_{run}) + \beta

Domain.
    \sigma^2_{\mathrm{run}} + \epsilon > 0

In words.
    The mean over a window of the outputs is the output of the mean over the window.

Sketch.
    An affine map commutes with means. (Not with zero padding, which is no mean.)

Source.
    Own.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import infer, mean, x

theorem = Theorem(
    id="I12",
    title="Inference commutes with average pooling",
    domain="running_var + eps > 0",
    derivations=(derive("mean over the window", mean(infer()), ("linearity", infer(mean(x)))),),
)
