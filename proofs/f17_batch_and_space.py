r"""F17. Over batch and space, the statistics are those of one batch of m n values.

Statement.
    mean of image means: \frac{1}{m} \sum_i \frac{1}{n} \sum_{p=1}^{n} x_{ip} = \frac{g}{m n}
    space before batch: \frac{1}{n} \sum_{p=1}^{n} \frac{1}{m} \sum_i x_{ip} = \frac{g}{m n}
    variance: \frac{h}{m n} = \frac{1}{m n} \sum_i \sum_{p=1}^{n} x_{ip}^2 - (\frac{g}{m n})^2
    mean of xhat: \frac{1}{m n} \sum_i \sum_{p=1}^{n} v_{ip} = 0
    mean square: \frac{1}{m n} \sum_i \sum_{p=1}^{n} v_{ip}^2 = \frac{\frac{h}{m n}}{\frac{h}{m n}
        + \epsilon}
    where g = \sum_i \sum_{p=1}^{n} x_{ip}
    where h = \sum_i \sum_{p=1}^{n} (x_{ip} - \frac{g}{m n})^2
    where v_{ip} = \frac{x_{ip} - \frac{g}{m n}}{\sqrt{\frac{h}{m n} + \epsilon}}

Domain.
    m \ge 1, n \ge 1, \epsilon > 0

In words.
    For x_ip with i over the batch (m) and p over space (n): the variance over both is the mean
    over the batch of what each image contributes, E x^2 - mu^2, with mu the mean of the image
    means; and sum_ip xhat_ip = 0, sum_ip xhat_ip^2 = m n var / (var + eps).

Sketch.
    Finite sums may be taken in any order, so the layout of the m n values does not matter.

Source.
    Ioffe and Szegedy (2015), section 3.2, m' = m p q.
"""

from bncheck.symbolic.expression import Element, Index, Named, Symbol, i, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import eps, m, mean, square, total

p = Index("p", "n")
n = Symbol("n", positive=True)
image = Element("x", (i, p))


def both(values):
    """Return the mean over batch and space."""
    return total(total(values, p)) / (m * n)


mu_both = Named("mu", (), both(image))
var_both = Named("var", (), both(square(image - mu_both)))
normalized = (image - mu_both) / sqrt(var_both + eps)

theorem = Theorem(
    id="F17",
    title="Batch and space together are one larger batch",
    domain="m >= 1, n >= 1, eps > 0",
    derivations=(
        derive("mean of image means", mean(mean(image, p)), ("sum rule", mu_both)),
        derive("space before batch", mean(mean(image), p), ("sum rule", mu_both)),
        derive("variance", var_both, ("expand", both(square(image)) - square(mu_both))),
        derive("mean of xhat", both(normalized), ("centred", 0)),
        derive(
            "mean square", both(square(normalized)), ("normalized", var_both / (var_both + eps))
        ),
    ),
)
