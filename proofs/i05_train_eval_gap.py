r"""I05. The exact gap between training and inference after one full update.

Statement.
    unbiased variance: \frac{1}{m - 1} \sum_i (x_i - \mu)^2 = \frac{\sigma^2 m}{m - 1}
    training: (y_i - \beta)^2 (\sigma^2 + \epsilon) = (\gamma (x_i - \mu))^2
    inference: (\frac{\gamma}{\sqrt{r}} (x_i - \mu) + \beta - \beta)^2 r = (\gamma (x_i - \mu))^2
    where r = \frac{\sigma^2 m}{m - 1} + \epsilon

Domain.
    m \ge 2, \sigma^2 + \epsilon > 0

In words.
    If the running statistics are the batch's, with Bessel's correction, then, squared:
    (y_eval - beta)^2 (var m / (m - 1) + eps) = (y_train - beta)^2 (var + eps). The two differ
    unless the correction is left out.

Sketch.
    Both outputs are gamma (x - mu), divided by different roots.

Source.
    Own; the default of torch with momentum 1.
"""

from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.trees import substitute
from bncheck.symbolic.vocabulary import (
    batchnorm,
    beta,
    eps,
    gamma,
    infer,
    m,
    mu,
    square,
    total,
    var,
    x,
)

corrected = var() * m / (m - 1)
offset = gamma * (x - mu())
after_update = substitute(substitute(infer(), "running_mean", mu()), "running_var", corrected)

theorem = Theorem(
    id="I05",
    title="The gap between training and inference",
    domain="m >= 2, var + eps > 0",
    derivations=(
        derive("unbiased variance", total(square(x - mu())) / (m - 1), ("definition", corrected)),
        derive(
            "training", square(batchnorm() - beta) * (var() + eps), ("definition", square(offset))
        ),
        derive(
            "inference",
            square(after_update - beta) * (corrected + eps),
            ("substitute", square(offset) / (corrected + eps) * (corrected + eps)),
            ("cancel", square(offset)),
        ),
    ),
)
