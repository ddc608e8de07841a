r"""LN14. Layer normalization: no output is farther from beta than sqrt(m - 1) |gamma|.

Statement.
    largest output: \frac{(\gamma_j \hat{x}_j + \beta_j - \beta_j)^2 m}{m - 1} \le \frac{m
        \gamma_j^2 \sigma^2}{\sigma^2 + \epsilon}

Domain.
    m \ge 2, \epsilon > 0

In words.
    (y_j - beta_j)^2 <= gamma_j^2 (m - 1) rho, with rho = var / (var + eps): for a row of 4096
    features at most 64 times gamma, reached by one outlier.

Sketch.
    F13 times gamma_j^2; the gap is the spread of the other features.

Source.
    Samuelson (1968), with features for samples.
"""

from bncheck.symbolic.expression import delta, i, j
from bncheck.symbolic.relatives import betas, gammas, layernorm
from bncheck.symbolic.theorem import Inequality, Theorem
from bncheck.symbolic.vocabulary import eps, m, mu, square, total, var, x

c = x - mu()
others = square((1 - delta(i, j)) * (c + c[j] / (m - 1)))
distance = square(layernorm()[j] - betas[j])

theorem = Theorem(
    id="LN14",
    title="Layer normalization: no output is farther from beta than sqrt(m - 1) |gamma|",
    domain="m >= 2, eps > 0",
    kind="inequality",
    inequalities=(
        Inequality(
            "largest output",
            distance * m / (m - 1),
            m * square(gammas[j]) * var() / (var() + eps),
            square(gammas[j]) * total(others) / (var() + eps),
        ),
    ),
)
