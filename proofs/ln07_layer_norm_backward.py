r"""LN07. Layer normalization: the gradients, with gamma inside the means.

Statement.
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)) =
        \frac{1}{s} (h_j - \frac{1}{m} \sum_i h_i - \frac{\hat{x}_j}{m} \sum_i h_i \hat{x}_i)
    dgamma: \frac{\partial}{\partial \gamma_j} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)) =
        dy_j \hat{x}_j
    dbeta: \frac{\partial}{\partial \beta_j} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)) =
        dy_j
    where h_j = \gamma_j dy_j
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    A set has m values, the features of one row; gamma and beta belong to the features. With h =
    gamma dy: dx = (h - mean(h) - xhat mean(h xhat)) / s, dgamma_j = dy_j xhat_j and dbeta_j =
    dy_j, of which the rows of a batch are added up (LN17). gamma is inside the means: in front of
    the bracket, as in batch normalization, it would be wrong wherever it varies.

Sketch.
    The cotangent of xhat is h. What follows is B01 with gamma = 1 and h for dy.

Source.
    Ba, Kiros and Hinton (2016), arXiv:1607.06450, section 3; the gradients are what every
    implementation has.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.relatives import betas, gammas, h, layer_backward, layernorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, gradient, inner, x, xhat

L = inner(dy, layernorm())

theorem = Theorem(
    id="LN07",
    title="Layer normalization: the gradients, with gamma inside the means",
    derivations=(
        derive(
            "dx",
            gradient(L, x, j),
            ("chain rule", gradient(inner(h(), xhat()), x, j)),
            ("collect", layer_backward(h())[j]),
        ),
        derive("dgamma", gradient(L, gammas, j), ("linearity", (dy * xhat())[j])),
        derive("dbeta", gradient(L, betas, j), ("linearity", dy[j])),
    ),
)
