"""I12. Inference commutes with average pooling.

Statement.
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
