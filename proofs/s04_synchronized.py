"""S04. Synchronized batch normalization: what the shards have to exchange.

Statement.
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
    domain="m >= 1, n >= 1, var + eps > 0",
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
