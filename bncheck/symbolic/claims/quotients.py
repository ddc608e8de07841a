"""Equality of sides, with roots of squares taken and quotients multiplied out.

The root of a square is the absolute value, so the root of (sigma^2)^2 is sigma^2. Where a side
divides by what differs from sample to sample, as 1 / xhat_i does, the normal form has no such
quotient: both sides are written over one denominator and the
numerators are compared across; where a denominator is zero, `domain` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from bncheck.errors import NotSupported
from bncheck.symbolic.calculus import without_derivatives
from bncheck.symbolic.claims.signs import sign
from bncheck.symbolic.expression import (
    ONE,
    Add,
    Expr,
    Mul,
    Named,
    Power,
    Sum,
    add,
    free_indices,
    mul,
    power,
    rebuild,
)
from bncheck.symbolic.normal import equal
from bncheck.symbolic.trees import walk
from bncheck.symbolic.work import NODE, step


def same(left: Expr, right: Expr) -> bool:
    """Whether both sides are equal for every batch size, wherever both have a value.

    Raises NotSupported where the normal form cannot say.
    """
    left, right = (rooted(without_derivatives(side)) for side in (left, right))
    if not any(_divides(node) for side in (left, right) for node in walk(side)):
        return equal(left, right)
    (top, bottom), (other_top, other_bottom) = _quotient(left), _quotient(right)
    if equal(bottom * other_bottom, 0 * ONE):
        raise NotSupported("division by something that is identically zero")
    return equal(top * other_bottom, other_top * bottom)


def rooted(expr: Expr, known: Mapping[Expr, int] | None = None) -> Expr:
    """Take the roots of even powers of what is not negative; ``known`` has signs, as 1 and -1."""
    return _rooted(expr, known or {}, {})


def _rooted(expr: Expr, known: Mapping[Expr, int], done: dict[int, Expr]) -> Expr:
    if id(expr) not in done:
        step(NODE)
        children = tuple(_rooted(child, known, done) for child in expr.children)
        done[id(expr)] = _root_of(rebuild(expr, children), known)
    return done[id(expr)]


def _root_of(expr: Expr, known: Mapping[Expr, int]) -> Expr:
    if isinstance(expr, Power) and expr.exponent.denominator == 2 and is_square(expr.base):
        inner = expr.base
        signed = known.get(inner.base, int(sign(inner.base) > 0))
        if signed:
            return power(signed * inner.base, inner.exponent * expr.exponent)
    return expr


def is_square(node: Expr) -> TypeGuard[Power]:
    """Whether a node is printed as an even power."""
    return isinstance(node, Power) and node.exponent % 2 == 0


def _divides(node: Expr) -> bool:
    return (
        isinstance(node, Power)
        and node.exponent < 0
        and node.exponent.denominator == 1
        and bool(free_indices(node.base))
    )


def _quotient(expr: Expr) -> tuple[Expr, Expr]:
    """Return numerator and denominator; the latter of what has a free index."""
    match expr:
        case Named(_, _, body):
            top, bottom = _quotient(body)
            return (expr, ONE) if bottom == ONE else (top, bottom)
        case Add(terms):
            parts = [_quotient(term) for term in terms]
            bottoms = list(dict.fromkeys(bottom for _, bottom in parts if bottom != ONE))
            tops = [
                mul(top, *(other for other in bottoms if other != bottom)) for top, bottom in parts
            ]
            return add(*tops), mul(*bottoms)
        case Mul(factors):
            parts = [_quotient(factor) for factor in factors]
            return mul(*(top for top, _ in parts)), mul(*(bottom for _, bottom in parts))
        case Power(base, exponent) if exponent.denominator == 1:
            top, bottom = _quotient(base)
            if exponent > 0:
                return power(top, exponent), power(bottom, exponent)
            if free_indices(top):
                return power(bottom, -exponent), power(top, -exponent)
            return power(top, exponent) * power(bottom, -exponent), ONE
        case Sum(index, body):
            top, bottom = _quotient(body)
            if index in free_indices(bottom):
                raise NotSupported("a sum of quotients by what differs from sample to sample")
            return Sum(index, top), bottom
    return expr, ONE
