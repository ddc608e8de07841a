r"""LN08. Layer normalization: the input gradient sums to zero.

Statement.
    sum of dx: \mathrm{D}_{x_i \to 1} (\sum_i dy_i (\gamma_i \hat{x}_i + \beta_i)) = 0
    sum of the compact form: \sum_i \frac{1}{s} (h_i - \frac{1}{m} \sum_j h_j -
        \frac{\hat{x}_i}{m} \sum_j h_j \hat{x}_j) = 0
    where h_i = \gamma_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    Over the features of each row, sum dx = 0, whatever gamma is; sum gamma dx is not 0 in general.

Sketch.
    Moving all features of a row by the same amount moves the mean with them, so the output stays.

Source.
    A consequence of LN07; Ba, Kiros and Hinton (2016), section 5.1: the layer ignores a shift of
    the row.
"""

from bncheck.symbolic.relatives import h, layer_backward, layernorm
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import derivative, dy, inner, total, x

L = inner(dy, layernorm())

theorem = Theorem(
    id="LN08",
    title="Layer normalization: the input gradient sums to zero",
    derivations=(
        derive("sum of dx", derivative(L, x, 1), ("centred", 0)),
        derive("sum of the compact form", total(layer_backward(h())), ("centred", 0)),
    ),
)
