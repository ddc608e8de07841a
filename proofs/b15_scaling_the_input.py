r"""B15. Gradients at a scaled batch: 1 / |a|, sign(a), eps / a^2.

Statement.
    dx: \frac{\gamma v_i}{\sqrt{\frac{r}{m} + \epsilon}} = \frac{\gamma}{\sqrt{\sigma^2 +
        \frac{\epsilon}{a^2}} |a|} (dy_i - \frac{1}{m} \sum_j dy_j - \frac{\tilde{x}_i}{m} \sum_j
        dy_j \tilde{x}_j)
    dgamma: \sum_i dy_i \tilde{z}_i = \frac{|a|}{a} \sum_i dy_i \tilde{x}_i
    dx by the chain rule: \frac{\partial}{\partial x_j} (\sum_i dy_i (\gamma \tilde{z}_i + \beta))
        = \frac{a \gamma v_j}{\sqrt{\frac{r}{m} + \epsilon}}
    where \mu_{1} = \frac{1}{m} \sum_i (a x_i + c)
    where r = \sum_i (a x_i + c - \mu_{1})^2
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \frac{\epsilon}{a^2}}}
    where \tilde{z}_i = \frac{a x_i + c - \mu_{1}}{\sqrt{\frac{r}{m} + \epsilon}}
    where v_i = dy_i - \frac{1}{m} \sum_j dy_j - \frac{\tilde{z}_i}{m} \sum_j dy_j \tilde{z}_j

Domain.
    m \ge 1, a \neq 0, \sigma^2 + \epsilon / a ^2 > 0

In words.
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
    domain="m >= 1, a != 0, var + eps / a^2 > 0",
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
