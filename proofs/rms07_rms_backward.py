r"""RMS07. RMS normalization: the gradients, with gamma inside the mean.

Statement.
    d r: \frac{\partial r}{\partial x_j} = \frac{z_j}{m}
    dx: \frac{\partial}{\partial x_j} (\sum_i dy_i \gamma_i z_i) = \frac{1}{r} (h_j -
        \frac{z_j}{m} \sum_i h_i z_i)
    dgamma: \frac{\partial}{\partial \gamma_j} (\sum_i dy_i \gamma_i z_i) = dy_j z_j
    where r = \sqrt{\frac{1}{m} \sum_i x_i^2 + \epsilon}
    where z_j = \frac{x_j}{r}
    where h_j = \gamma_j dy_j

Domain.
    m \ge 1, \epsilon > 0

In words.
    A set has m values, the features of one row. With h = gamma dy and z = x / r: dx = (h - z
    mean(h z)) / r, and dgamma_j = dy_j z_j, added up over rows. No mean of h is subtracted; gamma
    is inside the mean.

Sketch.
    d r / dx_j = z_j / m, and the chain rule.

Source.
    Zhang and Sennrich (2019), arXiv:1910.07467, section 4.
"""

from bncheck.symbolic.expression import j
from bncheck.symbolic.relatives import gammas, h, rms, rms_backward, rmsnorm, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import dy, gradient, inner, m, square, x

L = inner(dy, rmsnorm())

theorem = Theorem(
    id="RMS07",
    title="RMS normalization: the gradients, with gamma inside the mean",
    domain="m >= 1, eps > 0",
    derivations=(
        derive("d r", gradient(rms(), x, j), ("chain rule", z()[j] / m)),
        derive(
            "dx",
            gradient(L, x, j),
            ("chain rule", h()[j] / rms() - inner(h(), x) / square(rms()) * gradient(rms(), x, j)),
            ("collect", rms_backward(h())[j]),
        ),
        derive("dgamma", gradient(L, gammas, j), ("linearity", (dy * z())[j])),
    ),
)
