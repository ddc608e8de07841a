r"""LN17. Layer normalization: gradients of parameters add up over rows.

Statement.
    dgamma: \frac{\partial}{\partial \gamma_j} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i) +
        \sum_i e_i (\gamma_i t_i + \beta_i)) = dy_j \hat{x}_j + e_j t_j
    dbeta: \frac{\partial}{\partial \beta_j} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i) +
        \sum_i e_i (\gamma_i t_i + \beta_i)) = dy_j + e_j
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i) + \sum_i e_i
        (\gamma_i t_i + \beta_i)) = \frac{1}{s} (h_j - \frac{1}{m} \sum_i h_i - \frac{\hat{x}_j}{m}
        \sum_i h_i \hat{x}_i)
    where t_i = \frac{1}{\sqrt{\frac{1}{m} \sum_j (u_j - \frac{1}{m} \sum_k u_k)^2 + \epsilon}}
        (u_i - \frac{1}{m} \sum_j u_j)
    where h_j = \gamma_j dy_j
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \epsilon > 0

In words.
    Two rows x and u, each with statistics of its own and cotangents dy and e: dgamma_j and dbeta_j
    are the sums of what each row gives (LN07), and dx does not know of the other row. So it is for
    any number of rows, one after another: sums, not means, and no row may be missing.

Sketch.
    gamma_j stands in every row; the derivative of a sum is the sum.

Source.
    LN07 for every row; Triton's and Liger's kernels add up blocks of rows first.
"""

from bncheck.symbolic.expression import Named, i, j, sqrt, vector
from bncheck.symbolic.relatives import betas, gammas, h, layer_backward, layernorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, eps, gradient, inner, mean, square, x, xhat

u, e = vector("u"), vector("e")
other = Named("t", (i,), (u - mean(u)) / sqrt(mean(square(u - mean(u))) + eps))
L = inner(dy, layernorm()) + inner(e, gammas * other + betas)

theorem = Theorem(
    id="LN17",
    title="Layer normalization: gradients of parameters add up over rows",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("dgamma", gradient(L, gammas, j), ("linearity", (dy * xhat() + e * other)[j])),
        derive("dbeta", gradient(L, betas, j), ("linearity", (dy + e)[j])),
        derive("dx", gradient(L, x, j), ("linearity", layer_backward(h())[j])),
    ),
)
