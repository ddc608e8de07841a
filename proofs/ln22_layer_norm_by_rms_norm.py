r"""LN22. Layer normalization is RMS normalization of what is centred.

Statement.
    mean square: \frac{1}{m} \sum_i (\sum_j (\delta_{ij} - \frac{1}{m}) x_j)^2 = \sigma^2
    output: z_i = \hat{x}_i
    dx: \frac{1}{r} (h_i - \frac{z_i}{m} \sum_j h_j z_j - \frac{1}{m} \sum_j (h_j -
        \frac{z_j}{m} \sum_k h_k z_k)) = \frac{1}{s} (h_i - \frac{1}{m} \sum_j h_j -
        \frac{\hat{x}_i}{m} \sum_j h_j \hat{x}_j)
    where r = \sqrt{\frac{1}{m} \sum_i (\sum_j (\delta_{ij} - \frac{1}{m}) x_j)^2 + \epsilon}
    where z_i = \frac{1}{r} \sum_j (\delta_{ij} - \frac{1}{m}) x_j
    where h_i = \gamma_i dy_i
    where s = \sqrt{\sigma^2 + \epsilon}

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    LN(x) = RMS(x - mean x), and where the mean of a row is 0 they are the same. The gradient is
    that of RMS normalization, centred.

Sketch.
    The mean square of x - mu is the variance. The gradient of x - mu by x is the symmetric matrix
    that centres.

Source.
    Zhang and Sennrich (2019), arXiv:1910.07467, section 4: RMS normalization is layer
    normalization where the mean is 0.
"""

from bncheck.symbolic.expression import Sum, delta, i, j
from bncheck.symbolic.relatives import h, layer_backward, rms, z
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mean, square, var, x, xhat

centred = Sum(j, (delta(i, j) - 1 / m) * x[j])
inside = h() - z(centred) * mean(h() * z(centred))

theorem = Theorem(
    id="LN22",
    title="Layer normalization is RMS normalization of what is centred",
    derivations=(
        derive("mean square", mean(square(centred)), ("expand", var())),
        derive("output", z(centred), ("centred", xhat())),
        derive("dx", (inside - mean(inside)) / rms(centred), ("centred", layer_backward(h()))),
    ),
)
