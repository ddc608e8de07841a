r"""IN05. Instance normalization: gradients of a channel in two samples.

Statement.
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i y_i + \sum_i e_i (\gamma t_i + \beta)) =
        \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} (dy_j - \frac{1}{m} \sum_i dy_i -
        \frac{\hat{x}_j}{m} \sum_i dy_i \hat{x}_i)
    dgamma: \frac{\partial}{\partial \gamma} (\sum_i dy_i y_i + \sum_i e_i (\gamma t_i +
        \beta)) = \sum_i dy_i \hat{x}_i + \sum_i e_i t_i
    dbeta: \frac{\partial}{\partial \beta} (\sum_i dy_i y_i + \sum_i e_i (\gamma t_i + \beta))
        = \sum_i dy_i + \sum_i e_i
    where t_i = \frac{1}{\sqrt{\frac{1}{m} \sum_j (u_j - \frac{1}{m} \sum_k u_k)^2 + \epsilon}}
        (u_i - \frac{1}{m} \sum_j u_j)

Domain.
    m \ge 1, \epsilon > 0

In words.
    Two samples x and u of one channel, with cotangents dy and e, each normalized by itself: dx is
    batch normalization's for the sample alone, while dgamma and dbeta add up over samples. So it
    is for any number of samples.

Sketch.
    gamma and beta are the channel's and stand in both; the statistics are the sample's.

Source.
    Ulyanov, Vedaldi and Lempitsky (2016), arXiv:1607.08022; B01 for each sample.
"""

from bncheck.symbolic.expression import Named, i, j, sqrt, vector
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    beta,
    dy,
    eps,
    gamma,
    gradient,
    inner,
    loss,
    mean,
    square,
    total,
    x,
    xhat,
)

u, e = vector("u"), vector("e")
other = Named("t", (i,), (u - mean(u)) / sqrt(mean(square(u - mean(u))) + eps))
L = loss() + inner(e, gamma * other + beta)

theorem = Theorem(
    id="IN05",
    title="Instance normalization: gradients of a channel in two samples",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("dx", gradient(L, x, j), ("linearity", backward()[j])),
        derive("dgamma", gradient(L, gamma), ("linearity", inner(dy, xhat()) + inner(e, other))),
        derive("dbeta", gradient(L, beta), ("linearity", total(dy) + total(e))),
    ),
)
