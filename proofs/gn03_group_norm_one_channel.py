r"""GN03. Group normalization with one channel a group: gamma leaves the means.

Statement.
    dx: \frac{1}{s} (\gamma dy_i - \frac{1}{m} \sum_j \gamma dy_j - \frac{\hat{x}_i}{m} \sum_j
        \gamma dy_j \hat{x}_j) = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} (dy_i - \frac{1}{m}
        \sum_j dy_j - \frac{\hat{x}_i}{m} \sum_j dy_j \hat{x}_j)
    derivative: \frac{\partial}{\partial x_j} (\sum_i \gamma dy_i \hat{x}_i) =
        \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} (dy_j - \frac{1}{m} \sum_i dy_i -
        \frac{\hat{x}_j}{m} \sum_i dy_i \hat{x}_i)
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    Where all values of a set have the same gamma, the gradient with h = gamma dy inside is batch
    normalization's with gamma in front. So instance normalization (G = C) is batch normalization
    of each sample and channel, and formulas with gamma outside are right there and nowhere else.

Sketch.
    A factor that does not depend on the index leaves the sums.

Source.
    Wu and He (2018), arXiv:1803.08494, section 3: G = C is instance normalization.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.relatives import layer_backward
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import backward, dy, gamma, gradient, inner, x, xhat

inside = gamma * dy

theorem = Theorem(
    id="GN03",
    title="Group normalization with one channel a group: gamma leaves the means",
    derivations=(
        derive("dx", layer_backward(inside), ("linearity", backward())),
        derive("derivative", gradient(inner(inside, xhat()), x, j), ("chain rule", backward()[j])),
    ),
)
