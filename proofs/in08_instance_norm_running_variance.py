r"""IN08. Instance normalization: what its running variance leaves out.

Statement.
    pooled variance: \frac{1}{n} \sum_{g=1}^{n} \frac{1}{m} \sum_i (x_{i,g} - \frac{1}{n}
        \sum_{j=1}^{n} \frac{1}{m} \sum_k x_{k,j})^2 = \frac{m - 1}{m n} \sum_{g=1}^{n} \frac{1}{m
        - 1} \sum_i (x_{i,g} - \frac{1}{m} \sum_j x_{j,g})^2 + \frac{1}{n} \sum_{g=1}^{n}
        (\frac{1}{m} \sum_i x_{i,g} - \frac{1}{n} \sum_{i=1}^{n} \frac{1}{m} \sum_j x_{j,i})^2

Domain.
    m \ge 2, n \ge 1

In words.
    A channel in n samples of m positions: what frameworks average is the unbiased variance of each
    sample. The biased variance of all values is (m - 1) / m times that average, plus the variance
    of the samples' means, which running statistics of instances never see.

Sketch.
    The law of total variance (I08), with m - 1 for m in the samples' variances.

Source.
    Own; torch.nn.InstanceNorm2d with track_running_stats.
"""

from bncheck.symbolic.expression import Element, Index, Sum, Symbol, i
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import m, mean, square, total

g = Index("g", "n")
n = Symbol("n", positive=True)
values = Element("x", (i, g))
unbiased = total(square(values - mean(values))) / (m - 1)
average = Sum(g, unbiased) / n
centre = Sum(g, mean(values)) / n
between = Sum(g, square(mean(values) - centre)) / n

theorem = Theorem(
    id="IN08",
    title="Instance normalization: what its running variance leaves out",
    domain="m >= 2, n >= 1",
    derivations=(
        derive(
            "pooled variance",
            Sum(g, mean(square(values - centre))) / n,
            ("expand", (m - 1) / m * average + between),
        ),
    ),
)
