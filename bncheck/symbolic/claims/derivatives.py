"""Derivatives in print: by what, along what, and what is held.

One convention, that of the backward pass in Ioffe & Szegedy (2015) and of those who write it out:
the partial derivative of a sample's value (xhat_i, y_i, x_i - mu) by x is taken with mu and
sigma^2 held, that of a number of the whole batch (mu, sigma^2, a sum, the loss) moves what x moves;
dL/dmu moves sigma^2. The total derivative of a sample's value is what `Symbols.totals` asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.given import Given
from bncheck.symbolic.claims.labels import key_of
from bncheck.symbolic.claims.lexer import ClaimError
from bncheck.symbolic.claims.nodes import Name, Node, factors
from bncheck.symbolic.claims.norms import BATCH, BEYOND, NORMS, Quantities
from bncheck.symbolic.expression import (
    Derivative,
    Element,
    Expr,
    Index,
    Named,
    Symbol,
    free_indices,
    i,
    rename,
)
from bncheck.symbolic.trees import rewritten, substitute, walk
from bncheck.symbolic.vocabulary import c, derivative, eps, gradient, mu, u, var, w

UNKNOWN = "a derivative by this is not known"


def of_loss(target: Expr, position: int, norm: Quantities = NORMS[BATCH]) -> Expr:
    """Return dL / d(target), by the name that Ioffe & Szegedy give it."""
    partials = norm.partials
    named = target.name if isinstance(target, Named | Element | Symbol) else ""
    if target == eps:
        return gradient(norm.loss, eps)
    if named not in partials and (through := _through_variance(target, partials)) is not None:
        return through
    if named in ("gamma", "beta") and named not in partials:
        raise ClaimError(f"the gradient of {named} adds up over samples: {BEYOND}", position)
    if named not in partials:
        raise ClaimError(UNKNOWN, position)
    found = partials[named]
    if isinstance(target, Element | Named) and target.indices:
        if len(target.indices) > 1:
            raise ClaimError(UNKNOWN, position)
        return rename(found, {i: target.indices[0]})
    return found


def _through_variance(target: Expr, partials: Mapping[str, Expr]) -> Expr | None:
    """Return the derivative by a number that the loss sees instead of the variance: 1/s, s.

    By the chain rule dL/dvar is dL/ds times ds/dvar.
    """
    inside = _frozen(target)
    others = [n for n in walk(inside) if isinstance(n, Element | Symbol)]
    if HELD["var"] not in others or any(n not in (HELD["var"], eps) for n in others):
        return None
    if "var" not in partials:
        return None
    rate = without_derivatives(derivative(inside, HELD["var"], 1))
    return partials["var"] / substitute(rate, HELD["var"].name, var())


def by(body: Expr, target: Expr, position: int) -> Expr:
    """Return the derivative by a scalar, or by one entry of a vector."""
    if isinstance(target, Symbol):
        return derivative(body, target, 1)
    if isinstance(target, Element | Named):
        if not target.indices:
            return derivative(body, target, 1)
        at = target.indices[0]
        if len(target.indices) == 1 and isinstance(at, Index):
            return gradient(body, rename(target, {at: i}), at)
    raise ClaimError(UNKNOWN, position)


HELD = {"mu": Symbol("mu held"), "var": Symbol("var held", positive=True)}


def by_with_statistics_held(body: Expr, target: Expr, position: int) -> Expr:
    """Return the derivative as it is printed: of a sample's value by x, with mu and sigma^2 held.

    A sample's value is one in which x occurs beside its statistics; of all else it is the total.
    """
    if not (isinstance(target, Element) and target.name == "x"):
        return by(body, target, position)
    plain = without_derivatives(body)
    frozen = _frozen(plain)
    if frozen == plain:  # no statistic, as in RMS normalization: nothing is held
        return by(body, target, position)
    beside = any(isinstance(node, Element) and node.name == "x" for node in walk(frozen))
    if not beside or all(at.size != "m" for at in free_indices(body)):
        return by(body, target, position)
    moved = without_derivatives(by(frozen, target, position))
    for value in (mu(), var()):
        moved = substitute(moved, HELD[value.name].name, value)
    return moved


def _frozen(expr: Expr) -> Expr:
    """Put symbols for the batch's mean and variance."""
    held = {statistic: HELD[statistic.name] for statistic in (mu(), var())}
    return rewritten(expr, lambda node: held.get(node) if isinstance(node, Named) else None)


def moving(target: Expr, position: int) -> tuple[Index, ...]:
    """Return the indices of what moves along a velocity.

    Raises ClaimError for what cannot move, or has a fixed place or an index twice.
    """
    if isinstance(target, Symbol):
        return ()
    if isinstance(target, Element | Named):
        formal = tuple(index for index in target.indices if isinstance(index, Index))
        if len(set(formal)) == len(target.indices):
            return formal
    raise ClaimError(UNKNOWN, position)


def along(body: Expr, target: Expr, velocity: Expr, formal: tuple[Index, ...]) -> Expr:
    """Return the derivative of the body when what may move does so with the velocity."""
    name = target.name if isinstance(target, Symbol | Element | Named) else ""
    return Derivative(body, name, formal, velocity)


def scaled_weights(node: Node, given: Given) -> tuple[Name | None, Node | None]:
    """Split u, W, or a W into the letter and a; ``None`` where it is about something else."""
    parts = list(factors(node))
    layer = [p for p in parts if isinstance(p, Name) and p.base in ("W", "u")]
    layer = [p for p in layer if key_of(p) not in given.meanings]
    if len(layer) != 1 or len(parts) > 2:
        return None, None
    others = [p for p in parts if p is not layer[0]]
    return layer[0], others[0] if others else None


def by_weights(body: Expr, target: Name, factor: Expr | None) -> Expr:
    """Return the derivative by u, W or a W: along an unknown r, or q."""
    if target.base == "u":
        if factor is not None:
            raise ClaimError(UNKNOWN, target.position)
        return derivative(body, u, Element("r", (i, c)))
    velocity = Element("q", (c,))
    return derivative(body, w, velocity if factor is None else velocity / factor)
