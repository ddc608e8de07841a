"""Layer, RMS and group normalization in the notation of the theorems.

A statistic set has m values, as a batch has in batch normalization; what differs is that gamma and
beta vary inside it. So gamma stands inside the means of the backward pass, as ``h = gamma dy``.
"""

from __future__ import annotations

from bncheck.symbolic.expression import (
    Element,
    Expr,
    Named,
    Scalar,
    Sum,
    Symbol,
    as_expr,
    i,
    sqrt,
    vector,
)
from bncheck.symbolic.vocabulary import (
    c,
    dy,
    eps,
    m,
    mean,
    square,
    std,
    x,
    xhat,
)

gammas, betas = vector("gamma"), vector("beta")
"""gamma and beta of each value of a set, where a layer has one for each feature."""


def h(cotangent: Scalar = dy) -> Named:
    """Return gamma dy, a vector: what the means of the backward pass are of."""
    return Named("h", (i,), gammas * cotangent)


def s() -> Expr:
    """Return sqrt(var + eps)."""
    return std()


def layernorm() -> Expr:
    """Return gamma_i xhat_i + beta_i, a vector."""
    return gammas * xhat() + betas


def layer_backward(inside: Expr, root: Scalar | None = None) -> Expr:
    """Return dx of layer normalization, of what stands inside the means (theorem LN07)."""
    rest = inside - mean(inside) - xhat() * mean(inside * xhat())
    return rest / (s() if root is None else root)


def rms(values: Expr = x, eps: Scalar = eps) -> Expr:
    """Return sqrt(mean x^2 + eps): eps is under the root."""
    return sqrt(mean(square(values)) + eps)


def z(values: Expr = x, eps: Scalar = eps) -> Named:
    """Return what RMS normalization makes of the values, without gamma: a vector."""
    return Named("z", (i,), values / rms(values, eps))


def rmsnorm() -> Expr:
    """Return gamma_i z_i, a vector."""
    return gammas * z()


def rms_backward(inside: Expr) -> Expr:
    """Return dx of RMS normalization, of what stands inside the mean (theorem RMS07)."""
    return (inside - z() * mean(inside * z())) / rms()


channels = Symbol("d", positive=True)
grid, grid_dy = Element("x", (i, c)), Element("dy", (i, c))
"""The values of a group and their cotangents: m positions of each of d channels."""
channel_gammas, channel_betas = Element("gamma", (c,)), Element("beta", (c,))


def over_group(values: Scalar) -> Expr:
    """Return the sum over the positions and channels of a group."""
    return Sum(c, Sum(i, as_expr(values)))


def group_mean(values: Scalar) -> Expr:
    """Return the mean over the positions and channels of a group."""
    return over_group(values) / (m * channels)


def group_var() -> Named:
    """Return the biased variance of a group."""
    return Named("q", (), group_mean(square(grid - Named("a", (), group_mean(grid)))))


def group_xhat() -> Named:
    """Return the normalized values of a group."""
    centred = grid - Named("a", (), group_mean(grid))
    return Named("t", (i, c), centred / sqrt(group_var() + eps))


def group_backward(inside: Expr) -> Expr:
    """Return dx of group normalization, of what stands inside the means (theorem GN06)."""
    rest = inside - group_mean(inside) - group_xhat() * group_mean(inside * group_xhat())
    return rest / sqrt(group_var() + eps)
