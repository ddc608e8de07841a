r"""W14. What gamma and beta gain, the weights after a ReLU lose.

Statement.
    gamma and beta: \gamma (\frac{\partial}{\partial \gamma} (\sum_i q_i)) + \beta
        (\frac{\partial}{\partial \beta} (\sum_i q_i)) = \sum_i g_i r_i y_i
    the weights after it: \mathrm{D}_{W_e \to W_e} (\sum_i q_i) = \sum_i g_i r_i y_i
    where g_i = \sum_{e=1}^{h} G_{i,e} W_e
    where q_i = \sum_{e=1}^{h} G_{i,e} W_e r_i y_i

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
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
