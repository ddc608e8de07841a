"""What printed symbols can mean in batch normalization; `norms` has the other normalizations."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bncheck.symbolic.expression import Expr, Named, Sum, Symbol, i, power, sqrt
from bncheck.symbolic.vocabulary import (
    batchnorm,
    beta,
    derivative,
    dy,
    eps,
    gamma,
    gradient,
    infer,
    inner,
    loss,
    m,
    mean,
    mu,
    running_mean,
    running_var,
    square,
    var,
    x,
    xhat,
)

dxhat = Named("dxhat", (i,), gamma * dy)


dvar = Named("dvar", (), gradient(loss(), var()))


dmu = Named("dmu", (), derivative(loss(), mu(), 1))


dx = Named("dx", (i,), gradient(loss(), x, i))


dgamma = Named("dgamma", (), inner(dy, xhat()))


dbeta = Named("dbeta", (), Sum(i, dy))


def mean_square() -> Expr:
    """Return the mean of the squares, which are not centred."""
    return mean(square(x))


QUANTITIES: Mapping[str, Callable[[], Expr]] = {
    "x": lambda: x,
    "y": batchnorm,
    "xhat": xhat,
    "mean": mu,
    "variance": var,
    "std": lambda: sqrt(var()),
    "std+eps": lambda: sqrt(var() + eps),
    "dy": lambda: dy,
    "dx": lambda: dx,
    "dxhat": lambda: dxhat,
    "dgamma": lambda: dgamma,
    "dbeta": lambda: dbeta,
    "dmu": lambda: dmu,
    "dvar": lambda: dvar,
    "x - mean": lambda: x - mu(),
    "1/(std+eps)": lambda: power(sqrt(var() + eps), -1),
    "unbiased variance": lambda: m / (m - 1) * var(),
    "m": lambda: m,
    "gamma": lambda: gamma,
    "beta": lambda: beta,
    "eps": lambda: eps,
    "running mean": lambda: running_mean,
    "running variance": lambda: running_var,
    "inference output": infer,
    "mean square": mean_square,
    "rms": lambda: sqrt(mean_square()),
    "rms+eps": lambda: sqrt(mean_square() + eps),
    "1/(rms+eps)": lambda: power(sqrt(mean_square() + eps), -1),
    "scalar": lambda: Symbol("a"),
}
"""What ``where`` may say that a printed symbol means."""


PARTIALS: Mapping[str, Expr] = {
    "y": dy,
    "xhat": dxhat,
    "var": dvar,
    "mu": dmu,
    "x": dx,
    "gamma": dgamma,
    "beta": dbeta,
}
