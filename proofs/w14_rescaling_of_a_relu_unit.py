"""W14. What gamma and beta gain, the weights after a ReLU lose.

Statement.
    For y = gamma xhat + beta, a = ReLU(y) and outputs o_ie = W_e a_i + ... of the next layer:
    gamma dL/dgamma + beta dL/dbeta = sum_e W_e dL/dW_e, for each unit.

Sketch.
    Let r_i be 1 where y_i > 0 and 0 where y_i < 0 (at 0, any choice), so that a = r y, and let G
    be dL/do. Both sides are sum_ie G_ie W_e r_i y_i. The reason is that (k gamma, k beta, W / k)
    gives the same outputs for every k > 0.

Source.
    Kunin et al. (2021), arXiv:2012.04728 (rescale symmetry).
"""

from bncheck.symbolic.expression import Element, Index, Sum, i, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import batchnorm, beta, derivative, gamma, total

e = Index("e", "h")
W, G, r = Element("W", (e,)), Element("G", (i, e)), vector("r")
y = batchnorm()
L = total(Sum(e, G * W * r * y))
both = total(Sum(e, G * W) * r * y)

theorem = Theorem(
    id="W14",
    title="What gamma and beta gain, the weights after a ReLU lose",
    derivations=(
        derive(
            "gamma and beta",
            gamma * derivative(L, gamma, 1) + beta * derivative(L, beta, 1),
            ("linearity", both),
        ),
        derive("the weights after it", derivative(L, W, W), ("linearity", both)),
    ),
)
