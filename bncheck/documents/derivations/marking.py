"""Marks the terms of a line that the next rule changes: what both lines have stays unmarked."""

from __future__ import annotations

from bncheck.documents.derivations.outlines import outline
from bncheck.symbolic.expression import (
    Add,
    Derivative,
    Expr,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    mul,
    rename,
)
from bncheck.symbolic.printers.factors import MARK
from bncheck.symbolic.trees import is_negative, with_children

MANY = 3
"""Marked terms of one sum; where more have changed, all of it has."""


def marked(before: Expr, after: Expr) -> Expr:
    """Return the line with marks; without any where all of it changes."""
    shown = _marked(before, after)
    if isinstance(shown, Named) and shown.name == MARK:
        return before
    return shown


def changed(before: Expr, after: Expr) -> tuple[Expr, Expr]:
    """Return the smallest terms of both that all of the change is in."""
    pair = _descend(before, after)
    while pair is not None:
        before, after = pair
        pair = _descend(before, after)
    return before, after


def _same(one: Expr, other: Expr) -> bool:
    return outline(one) == outline(other)


def _marked(before: Expr, after: Expr) -> Expr:
    if _same(before, after):
        return before
    pair = _descend(before, after)
    if pair is not None:
        inner = _marked(*pair)
        return _with_child(before, pair[0], inner)
    if isinstance(before, Add | Mul) and type(before) is type(after):
        gone = _left_over(before, after)
        if isinstance(before, Mul) and len(gone) == sum(
            not isinstance(factor, Number) for factor in before.factors
        ):
            return _wrapped(before)
        if 0 < len(gone) <= min(MANY, len(before.children) - 1):
            children = tuple(
                _wrapped(child) if any(child is each for each in gone) else child
                for child in before.children
            )
            return with_children(before, children)
    return _wrapped(before)


def _descend(before: Expr, after: Expr) -> tuple[Expr, Expr] | None:
    """Return the one pair of children that differs, where all else is the same."""
    if type(before) is not type(after) or isinstance(before, Named):
        return None
    match before, after:
        case Sum(index, body), Sum(other, changed_body) if index.size == other.size:
            return body, rename(changed_body, {other: index})
        case Power(base, exponent), Power(other_base, other_exponent):
            return (base, other_base) if exponent == other_exponent else None
        case Derivative(), Derivative():
            same = before.target == after.target and _same(before.velocity, after.velocity)
            return (before.body, after.body) if same else None
        case (Add(), Add()) | (Mul(), Mul()):
            gone, new = _left_over(before, after), _left_over(after, before)
            return (gone[0], new[0]) if len(gone) == len(new) == 1 else None
    return None


def _left_over(one: Expr, other: Expr) -> list[Expr]:
    """Return the children of one that the other has not."""
    there = [outline(child) for child in other.children]
    left = []
    for child in one.children:
        label = outline(child)
        if label in there:
            there.remove(label)
        else:
            left.append(child)
    return left


def _with_child(expr: Expr, old: Expr, new: Expr) -> Expr:
    children = tuple(new if child is old else child for child in expr.children)
    return with_children(expr, children)


def _wrapped(expr: Expr) -> Expr:
    """Return a term with a mark; a sign before it and the bar of a fraction stay outside."""
    if isinstance(expr, Number):
        return expr
    if is_negative(expr):
        return mul(-1, _wrapped(mul(-1, expr)))
    if isinstance(expr, Power) and expr.exponent < 0:
        return Power(_wrapped(expr.base), expr.exponent)
    return Named(MARK, (), expr)
