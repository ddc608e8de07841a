r"""S04. Synchronized batch normalization: what the shards have to exchange.

Statement.
    mean: \frac{\sum_i x_i + \sum_{p=1}^{n} z_p}{m + n} = \mu + v
    variance: \frac{b}{m + n} = e
    output of a shard: \frac{q_i}{\sqrt{\frac{b}{m + n} + \epsilon}} = \frac{x_i - (\mu +
        v)}{\sqrt{e + \epsilon}}
    dgamma: \frac{\partial}{\partial \gamma} (\sum_i dy_i (K_i + \beta) + U) = \sum_i Q_i +
        \sum_{p=1}^{n} T_p
    dbeta: \frac{\partial}{\partial \beta} (\sum_i dy_i (K_i + \beta) + U) = \sum_i dy_i +
        \sum_{p=1}^{n} dz_p
    dx of a shard: \frac{\partial}{\partial x_j} (\sum_i dy_i (K_i + \beta) + U) =
        \frac{\gamma}{\sqrt{\frac{b}{m + n} + \epsilon}} (dy_j - \frac{\sum_i dy_i + \sum_{p=1}^{n}
        dz_p}{m + n} - \frac{q_j}{\sqrt{\frac{b}{m + n} + \epsilon} (m + n)} (\sum_i Q_i +
        \sum_{p=1}^{n} T_p))
    where \bar{z} = \frac{1}{n} \sum_{p=1}^{n} z_p
    where h_p = z_p - \frac{\sum_i x_i + \sum_{i=1}^{n} z_i}{m + n}
    where q_i = x_i - \frac{\sum_j x_j + \sum_{p=1}^{n} z_p}{m + n}
    where v = \frac{n}{m + n} (\bar{z} - \mu)
    where b = \sum_i q_i^2 + \sum_{p=1}^{n} h_p^2
    where e = \frac{\sum_i (x_i - \mu)^2 + \sum_{p=1}^{n} (z_p - \bar{z})^2 + \frac{(\bar{z} -
        \mu)^2 m n}{m + n}}{m + n}
    where K_i = \frac{\gamma q_i}{\sqrt{\frac{b}{m + n} + \epsilon}}
    where T_p = \frac{1}{\sqrt{\frac{b}{m + n} + \epsilon}} dz_p h_p
    where Q_i = \frac{1}{\sqrt{\frac{b}{m + n} + \epsilon}} dy_i q_i
    where U = \sum_{p=1}^{n} dz_p (\frac{\gamma h_p}{\sqrt{\frac{b}{m + n} + \epsilon}} + \beta)

Domain.
    m \ge 1, n \ge 1, \epsilon > 0

In words.
    For shards of m and n values, each sending its sum, its sum of squared deviations and its
    count: the output of each is that of the whole batch; dgamma and dbeta are the sums of the
    shards' own; dx needs the sums of dy and of dy xhat over both shards. More shards: one by one.

Sketch.
    The statistics are merged by Chan (S01). The gradient is B01 for the whole batch, whose index
    runs over the first shard and then over the second.

Source.
    Own.
"""

from bncheck.symbolic.expression import Element, Index, Named, Sum, Symbol, j, sqrt
from bncheck.symbolic.theorem import Theorem, derive
from bncheck.symbolic.vocabulary import (
    beta,
    dy,
    eps,
    gamma,
    gradient,
    inner,
    m,
    mu,
    square,
    total,
    x,
)

p = Index("p", "n")
n = Symbol("n", positive=True)
z, dz = Element("z", (p,)), Element("dz", (p,))
mu_2 = Named("mu_2", (), Sum(p, z) / n)

# the whole batch, by its definition
mean_of_all = (total(x) + Sum(p, z)) / (m + n)
var_of_all = (total(square(x - mean_of_all)) + Sum(p, square(z - mean_of_all))) / (m + n)
s = sqrt(var_of_all + eps)
first, second = (x - mean_of_all) / s, (z - mean_of_all) / s
L = inner(dy, gamma * first + beta) + Sum(p, dz * (gamma * second + beta))

# what is put together from the shards
d = mu_2 - mu()
mean_merged = mu() + d * n / (m + n)
moment = total(square(x - mu())) + Sum(p, square(z - mu_2))
var_merged = (moment + square(d) * m * n / (m + n)) / (m + n)

sum_dy, sum_dy_xhat = total(dy) + Sum(p, dz), inner(dy, first) + Sum(p, dz * second)
closed = gamma / s * (dy - sum_dy / (m + n) - first * sum_dy_xhat / (m + n))

theorem = Theorem(
    id="S04",
    title="Synchronized batch normalization",
    domain="m >= 1, n >= 1, eps > 0",
    derivations=(
        derive("mean", mean_of_all, ("substitute", mean_merged)),
        derive("variance", var_of_all, ("substitute", var_merged)),
        derive(
            "output of a shard", first, ("substitute", (x - mean_merged) / sqrt(var_merged + eps))
        ),
        derive("dgamma", gradient(L, gamma), ("linearity", sum_dy_xhat)),
        derive("dbeta", gradient(L, beta), ("linearity", sum_dy)),
        derive("dx of a shard", gradient(L, x, j), ("chain rule", closed[j])),
    ),
)
