"""B09. The norm of the Jacobian, and the Lipschitz constant of batch normalization.

Statement.
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
    domain="m >= 1, var + eps > 0; var > 0 where equality and the projection are spoken of",
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
