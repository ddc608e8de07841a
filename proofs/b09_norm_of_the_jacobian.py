r"""B09. The norm of the Jacobian, and the Lipschitz constant of batch normalization.

Statement.
    closed form: \frac{\partial}{\partial x_i} (\sum_j a_j y_j) = \frac{\gamma v_i}{s}
    equality: \frac{\gamma}{s} (a_i - \frac{1}{m} \sum_j a_j - \frac{\hat{x}_i}{m \rho} \sum_j a_j
        \hat{x}_j - \frac{1}{m} \sum_j k_j - \frac{\hat{x}_i}{m} \sum_j k_j \hat{x}_j) =
        \frac{\gamma k_i}{s}, if \sigma^2 > 0
    along xhat: \frac{\gamma}{s} (\hat{x}_i - \frac{1}{m} \sum_j \hat{x}_j - \frac{\hat{x}_i}{m}
        \sum_j \hat{x}_j \hat{x}_j) = \frac{\gamma \epsilon \hat{x}_i}{s^3}
    eps = 0: a projection: a_i - \frac{1}{m} \sum_j a_j - \frac{\tilde{x}_i}{m} \sum_j a_j
        \tilde{x}_j - \frac{1}{m} \sum_j q_j - \frac{\tilde{x}_i}{m} \sum_j q_j \tilde{x}_j = q_i,
        if \sigma^2 > 0
    eps = 0: an orthogonal one: \sum_i q_i b_i = \sum_i a_i (b_i - \frac{1}{m} \sum_j b_j -
        \frac{\tilde{x}_i}{m} \sum_j b_j \tilde{x}_j), if \sigma^2 > 0
    eps = 0: the projection: \frac{\sqrt{\sigma^2} \gamma q_i}{\gamma \sqrt{\sigma^2}} = q_i, if
        \sigma^2 > 0, \gamma \neq 0
    the largest singular value: \sum_i (\frac{\gamma v_i}{s})^2 \le \frac{\gamma^2}{\sigma^2 +
        \epsilon} \sum_i a_i^2
    over all batches: \frac{\gamma^2}{\sigma^2 + \epsilon} \le \frac{\gamma^2}{\epsilon}
    where \rho = \frac{\sigma^2}{\sigma^2 + \epsilon}
    where s = \sqrt{\sigma^2 + \epsilon}
    where \tilde{x}_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}
    where q_i = a_i - \frac{1}{m} \sum_j a_j - \frac{\tilde{x}_i}{m} \sum_j a_j \tilde{x}_j
    where v_i = a_i - \frac{1}{m} \sum_j a_j - \frac{\hat{x}_i}{m} \sum_j a_j \hat{x}_j
    where k_i = a_i - \frac{1}{m} \sum_j a_j - \frac{\hat{x}_i}{m \rho} \sum_j a_j \hat{x}_j

Domain.
    m \ge 1, \sigma^2 + \epsilon > 0

In words.
    |J a|^2 <= (gamma / s)^2 |a|^2 for every direction a, hence |J| <= |gamma| / s; equality for
    every a without parts along 1 and xhat, and there is one from m = 3 on. At m = 2 what is left
    is the part along xhat: |J| = |gamma| eps / s^3. At eps = 0, (s / gamma) J is an orthogonal
    projection. Over all batches: |gamma| / s <= |gamma| / sqrt(eps), attained where var = 0.

Sketch.
    With q = mean(a xhat), the gap is (gamma / s)^2 m (mean(a)^2 + q^2 (1 + eps / s^2)), from B11.

Source.
    Own.
"""

from bncheck.symbolic.expression import vector
from bncheck.symbolic.theorem import Inequality, Theorem, derive
from bncheck.symbolic.vocabulary import (
    backward,
    dx,
    eps,
    gamma,
    inner,
    m,
    mean,
    square,
    std,
    total,
    var,
    x,
    xhat,
)

a, b = vector("a"), vector("b")
q = mean(a * xhat())
rho = var() / (var() + eps)
largest = square(gamma) / (var() + eps)
without = a - mean(a) - xhat() * q / rho
"""a without its parts along 1 and xhat, for var > 0."""


def projected(values):
    """Return (s / gamma) J applied to a vector, at eps = 0."""
    h = xhat(eps=0)
    return values - mean(values) - h * mean(values * h)


theorem = Theorem(
    id="B09",
    title="The norm of the Jacobian",
    kind="inequality",
    domain="m >= 1, var + eps > 0",
    derivations=(
        derive("closed form", dx(a), ("substitute", backward(a))),
        derive("equality", backward(without), ("normalized", gamma / std() * without)),
        derive("along xhat", backward(xhat()), ("normalized", gamma * eps / std() ** 3 * xhat())),
        derive("eps = 0: a projection", projected(projected(a)), ("normalized", projected(a))),
        derive(
            "eps = 0: an orthogonal one",
            inner(projected(a), b),
            ("symmetry", inner(a, projected(b))),
        ),
        derive(
            "eps = 0: the projection",
            std(eps=0) / gamma * backward(a, x, 0),
            ("cancel", projected(a)),
        ),
    ),
    inequalities=(
        Inequality(
            "the largest singular value",
            total(square(backward(a))),
            largest * total(square(a)),
            largest * m * (square(mean(a)) + square(q) * (1 + eps / (var() + eps))),
        ),
        Inequality(
            "over all batches",
            largest,
            square(gamma) / eps,
            square(gamma) * var() / (eps * (var() + eps)),
        ),
    ),
)
