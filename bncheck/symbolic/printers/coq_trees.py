"""Prepares trees for Coq: derivatives become what moves and at which rate, bound names are plain.

Nothing is tidied up here: the tree of a derivative must have the very form that the rules in
``proofs/coq/Certified.v`` give it, so that Coq can check each rule by the form alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bncheck.symbolic import trees
from bncheck.symbolic.expression import (
    ZERO,
    Add,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    Symbol,
    free_indices,
    fresh,
    rename,
)


@dataclass(frozen=True)
class Moved(Expr):
    """``base + h velocity``, where h is the number by which a derivative is taken."""

    base: Expr
    velocity: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """Base and velocity."""
        return (self.base, self.velocity)


@dataclass(frozen=True)
class Slope(Expr):
    """The derivative by h at 0 of a body in which something moves."""

    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """The body."""
        return (self.body,)


def with_children(expr: Expr, children: tuple[Expr, ...]) -> Expr:
    """Put other children in, and leave everything as it is."""
    match expr:
        case Moved():
            return Moved(*children)
        case Slope():
            return Slope(*children)
    return trees.with_children(expr, children)


def has_derivative(expr: Expr) -> bool:
    """Whether there is a derivative in the tree."""
    return isinstance(expr, Derivative) or any(map(has_derivative, expr.children))


def has_second_derivative(expr: Expr) -> bool:
    """Whether there is a derivative within a derivative."""
    if isinstance(expr, Derivative):
        return any(map(has_derivative, expr.children))
    return any(map(has_second_derivative, expr.children))


def without_derivatives(expr: Expr) -> Expr:
    """Replace each derivative, the innermost first, by its rate."""
    expr = with_children(expr, tuple(map(without_derivatives, expr.children)))
    return (rate(displaced(expr)) or ZERO) if isinstance(expr, Derivative) else expr


def without_slopes(expr: Expr) -> Expr:
    """Replace each derivative that is written as a slope by its rate."""
    if isinstance(expr, Slope):
        return rate(expr.body) or ZERO
    return with_children(expr, tuple(map(without_slopes, expr.children)))


def exhibited(expr: Expr) -> Expr:
    """Write each derivative as that of a body in which something moves."""
    expr = with_children(expr, tuple(map(exhibited, expr.children)))
    return Slope(displaced(expr)) if isinstance(expr, Derivative) else expr


def displaced(node: Derivative) -> Expr:
    """Return the body of a derivative, with what moves displaced."""
    return _displaced(node.body, node)


def _displaced(expr: Expr, move: Derivative) -> Expr:
    match expr:
        case Symbol(name) if name == move.target:
            return Moved(expr, move.velocity)
        case Element(name, indices) | Named(name, indices, _) if name == move.target:
            to = dict(zip(move.formal, indices, strict=True))
            return Moved(expr, rename(move.velocity, to))
        case Sum(index, body):
            if index in free_indices(move.velocity) - set(move.formal):
                index, body = (new := fresh(index)), rename(body, {index: new})
            return Sum(index, _displaced(body, move))
    return with_children(expr, tuple(_displaced(child, move) for child in expr.children))


def still(expr: Expr) -> Expr:
    """Return the tree at h = 0."""
    if isinstance(expr, Moved):
        return expr.base
    return with_children(expr, tuple(map(still, expr.children)))


def rate(expr: Expr) -> Expr | None:
    """Return the derivative by h at 0, exactly as the rules write it; None for a constant."""
    match expr:
        case Moved(_, velocity):
            return velocity
        case Named(_, _, body):
            return rate(body)
        case Sum(index, body):
            inner = rate(body)
            return None if inner is None else Sum(index, inner)
        case Power(base, exponent):
            inner = rate(base)
            if inner is None:
                return None
            lower = Power(still(base), exponent - 1) if exponent != 1 else Number(Fraction(1))
            return Mul((Mul((Number(exponent), lower)), inner))
        case Add(terms):
            return _of_terms(terms)
        case Mul(factors):
            return _of_factors(factors)
    return None


def _of_terms(terms: tuple[Expr, ...]) -> Expr | None:
    total = rate(terms[0])
    for term in terms[1:]:
        slope = rate(term)
        total = total or slope if total is None or slope is None else Add((total, slope))
    return total


def _of_factors(factors: tuple[Expr, ...]) -> Expr | None:
    total, before = rate(factors[0]), still(factors[0])
    for factor in factors[1:]:
        slope, value = rate(factor), still(factor)
        if total is None:
            total = None if slope is None else Mul((before, slope))
        elif slope is None:
            total = Mul((total, value))
        else:
            total = Add((Mul((total, value)), Mul((before, slope))))
        before = Mul((before, value))
    return total


def plain(expr: Expr) -> Expr:
    """Leave names of quantities out, and call the index of a sum by how many are nested in it."""
    return _plain(expr)[0]


def _plain(expr: Expr) -> tuple[Expr, int]:
    done = [_plain(child) for child in expr.children]
    height = max((h for _, h in done), default=0)
    if isinstance(expr, Named):
        return done[0]
    if isinstance(expr, Sum):
        index = Index(f"k{height}", expr.index.size)
        return Sum(index, _renamed(done[0][0], expr.index, index)), height + 1
    return with_children(expr, tuple(child for child, _ in done)), height


def _renamed(expr: Expr, old: Index, new: Index) -> Expr:
    """Rename a free index; bound ones are called otherwise already, by their height."""
    if old not in free_indices(expr):
        return expr
    if not expr.children:
        return rename(expr, {old: new})
    return with_children(expr, tuple(_renamed(child, old, new) for child in expr.children))
