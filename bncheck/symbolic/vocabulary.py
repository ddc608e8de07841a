"""Batch normalization in the field's notation.

One channel: ``x``, ``dy`` and the other vectors have m entries (``[i]``). Everything follows
Ioffe & Szegedy (2015), Algorithm 1, with the biased variance and eps under the root.
"""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.symbolic.expression import (
    Derivative,
    Element,
    Expr,
    Index,
    Named,
    Scalar,
    Sum,
    Symbol,
    as_expr,
    delta,
    free_indices,
    fresh,
    i,
    sqrt,
    vector,
)

m = Symbol("m", positive=True)
eps = Symbol("eps", positive=True)
gamma, beta = Symbol("gamma"), Symbol("beta")
x, dy = vector("x"), vector("dy")


def total(values: Scalar, index: Index = i) -> Expr:
    """Return the sum of a vector."""
    return Sum(index, as_expr(values))


def mean(values: Scalar, index: Index = i) -> Expr:
    """Return the mean of a vector."""
    return total(values, index) / Symbol(index.size, positive=True)


def inner(left: Scalar, right: Scalar, index: Index = i) -> Expr:
    """Return the inner product of two vectors."""
    return total(as_expr(left) * right, index)


def square(values: Scalar) -> Expr:
    """Return the square, entry by entry."""
    return as_expr(values) ** 2


def mu(values: Expr = x, index: Index = i) -> Named:
    """Return the batch mean, by its name."""
    return Named("mu", (), mean(values, index))


def var(values: Expr = x, index: Index = i) -> Named:
    """Return the biased batch variance, by its name."""
    return Named("var", (), mean(square(values - mu(values, index)), index))


def std(values: Expr = x, eps: Scalar = eps, index: Index = i) -> Expr:
    """Return sqrt(var + eps)."""
    return sqrt(var(values, index) + eps)


def xhat(values: Expr = x, eps: Scalar = eps, index: Index = i) -> Named:
    """Return the normalized batch, a vector."""
    body = (values - mu(values, index)) / std(values, eps, index)
    return Named("xhat", (index,), body)


def batchnorm(
    values: Expr = x, gamma: Scalar = gamma, beta: Scalar = beta, eps: Scalar = eps
) -> Named:
    """Return y = gamma xhat + beta, a vector."""
    return Named("y", (i,), gamma * xhat(values, eps) + beta)


def loss(output: Expr | None = None, cotangent: Expr = dy) -> Expr:
    """Return <dy, y>: its gradients are the vector-Jacobian products for the cotangent dy.

    Any differentiable loss has the same gradients by the chain rule, with dy = dL/dy.
    """
    return inner(cotangent, batchnorm() if output is None else output)


def derivative(body: Expr, target: Expr, velocity: Scalar) -> Expr:
    """Return the derivative of the body when the target moves with the velocity."""
    match target:
        case Symbol(name):
            return Derivative(body, name, (), as_expr(velocity))
        case Element(name, indices) | Named(name, indices, _):
            formal = tuple(index for index in indices if isinstance(index, Index))
            return Derivative(body, name, formal, as_expr(velocity))
    raise TypeError(f"{target!r} is not something that can move")


def gradient(body: Expr, target: Expr = x, at: Index | None = None) -> Expr:
    """Return the partial derivative by a symbol, or by the entry ``at`` of a vector."""
    if at is None:
        return derivative(body, target, 1)
    (index,) = free_indices(target)
    if index == at:
        index = fresh(index)
        target = target[index]
    return derivative(body, target, delta(index, at))


def dx(cotangent: Expr = dy, output: Expr | None = None) -> Named:
    """Return dL/dx, a vector, as the derivative that it is (theorem B01 has its closed form)."""
    return Named("dx", (i,), gradient(loss(output, cotangent), x, i))


def dgamma(cotangent: Expr = dy, output: Expr | None = None) -> Named:
    """Return dL/dgamma, as the derivative that it is."""
    return Named("dgamma", (), gradient(loss(output, cotangent), gamma))


def dbeta(cotangent: Expr = dy) -> Named:
    """Return dL/dbeta, as the derivative that it is."""
    return Named("dbeta", (), gradient(loss(cotangent=cotangent), beta))


def backward(cotangent: Expr = dy, values: Expr = x, eps: Scalar = eps) -> Expr:
    """Return the compact form of dL/dx (theorem B01)."""
    normalized = xhat(values, eps)
    rest = cotangent - mean(cotangent) - normalized * mean(cotangent * normalized)
    return gamma / std(values, eps) * rest


def sign(a: Symbol) -> Expr:
    """Return the sign of a nonzero number."""
    return sqrt(square(a)) / a


def absolute(a: Symbol) -> Expr:
    """Return the absolute value."""
    return sqrt(square(a))


running_mean = Symbol("running_mean")
running_var = Symbol("running_var", positive=True)


def infer(values: Expr = x, gamma: Scalar = gamma, beta: Scalar = beta, eps: Scalar = eps) -> Expr:
    """Return the output in inference: constants in place of the batch statistics."""
    return gamma * (values - running_mean) / sqrt(running_var + eps) + beta


c = Index("c", "d")
"""Index of the d inputs of a layer."""

w = Element("w", (c,))
u = Element("u", (i, c))


def preactivation(weights: Expr = w) -> Expr:
    """Return z = W u for one output unit: z_i = sum_c w_c u_ic, a vector over the batch."""
    return Sum(c, weights * u)


USUAL: Mapping[str, tuple[Expr, ...]] = {
    "mu": (mu().body,),
    "var": (var().body,),
    "xhat": (xhat().body,),
    "y": (batchnorm().body,),
    "dxhat": (gamma * dy,),
    "dvar": (gradient(loss(), var()),),
    "dmu": (derivative(loss(), mu(), 1),),
    "dx": (dx().body, backward()),
    "dgamma": (dgamma().body, inner(dy, xhat())),
    "dbeta": (dbeta().body, total(dy)),
}
"""What readers take a name for; of vectors, entry i. Where there are two, B01 shows they agree."""
