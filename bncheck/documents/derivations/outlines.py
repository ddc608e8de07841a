"""When two terms are printed alike, whatever their indices; and putting a local name in for one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bncheck.symbolic.expression import (
    Add,
    Delta,
    Derivative,
    Element,
    Expr,
    Index,
    Named,
    Position,
    Power,
    Sum,
    add,
    power,
    rename,
    sqrt,
)
from bncheck.symbolic.printers.formula import is_usual
from bncheck.symbolic.printers.notation import Spelling
from bncheck.symbolic.trees import shape, with_children

Outline = tuple[object, ...]
LETTERS = {"m": "ijk", "d": "cef"}
"""The indices with which a local name is defined, by how far they run."""


@dataclass(frozen=True)
class Local:
    """A local name: how it is spelled, the indices it is defined with, and what it stands for.

    role: "mu", "var" or "xhat" for the mean, variance and normalized values of ``of``; or ""
    """

    key: str
    spelling: Spelling
    indices: tuple[Index, ...]
    body: Expr
    role: str = ""
    of: str = ""

    @property
    def symbol(self) -> Named:
        """The name, with its indices."""
        return Named(self.key, self.indices, self.body)


def opened(expr: Expr) -> Expr:
    """Return the expression without the names that are not printed: their bodies instead."""
    if isinstance(expr, Named):
        if is_usual(expr.name, expr.indices, expr.body):
            return expr
        return opened(expr.body)
    children = tuple(map(opened, expr.children))
    same = all(new is old for new, old in zip(children, expr.children, strict=True))
    return expr if same else with_children(expr, children)


def outline(expr: Expr) -> tuple[Outline, tuple[Index, ...]]:
    """Return what is printed, but for the names of indices, and the free ones as they come."""
    free: list[Index] = []
    return _outline(expr, (), free), tuple(free)


def _outline(expr: Expr, bound: tuple[Index, ...], free: list[Index]) -> Outline:
    def at(positions: tuple[Position, ...], within: tuple[Index, ...] = bound) -> Outline:
        return tuple(place(each, within) for each in positions)

    def place(each: Position, within: tuple[Index, ...]) -> object:
        if isinstance(each, int):
            return each
        if each in within:
            return ("bound", within.index(each))
        if each not in free:
            free.append(each)
        return ("free", free.index(each), each.size)

    match expr:
        case Named(name, indices, body):
            # what is below a name decides, too: mu of x + a may hide under the name of another
            return ("named", name, at(indices))
        case Element(name, indices):
            return ("element", name, at(indices))
        case Delta(left, right):
            return ("delta", at((left, right)))
        case Sum(index, body):
            return ("sum", index.size, _outline(body, (index, *bound), free))
        case Derivative(body, target, formal, velocity):
            moving = _outline(velocity, (*formal, *bound), free)
            return ("derivative", target, len(formal), _outline(body, bound, free), moving)
    if not expr.children:
        return shape(expr)
    exponent = expr.exponent if isinstance(expr, Power) else None
    parts = (_outline(child, bound, free) for child in expr.children)
    return (type(expr).__name__, exponent, *parts)


def defined(expr: Expr, key: str, spelling: Spelling) -> Local:
    """Return a local name for a term, with indices that are easily read."""
    _, free = outline(expr)
    spare = {size: iter(letters) for size, letters in LETTERS.items()}
    nice = tuple(Index(next(spare.setdefault(at.size, iter("pqrt"))), at.size) for at in free)
    return Local(key, spelling, nice, rename(expr, dict(zip(free, nice, strict=True))))


def put(expr: Expr, local: Local) -> Expr:
    """Return the expression with the name wherever it prints what the name stands for."""
    return _put(expr, local, outline(local.body)[0], len(local.indices))


def _put(expr: Expr, local: Local, wanted: Outline, count: int) -> Expr:
    if isinstance(expr, Named):
        return expr
    name = _name_for(expr, local, wanted, count)
    if name is not None:
        return name
    children = tuple(_put(child, local, wanted, count) for child in expr.children)
    same = all(new is old for new, old in zip(children, expr.children, strict=True))
    return expr if same else with_children(expr, children)


def _name_for(expr: Expr, local: Local, wanted: Outline, count: int) -> Expr | None:
    """Return the name in place of the expression, where it prints what the name stands for."""
    if _is_root(local.body):
        if not isinstance(expr, Power) or expr.exponent.denominator == 1:
            return None
        found, free = outline(sqrt(expr.base))
        if found != wanted or len(free) != count:
            return None
        return power(Named(local.key, free, sqrt(expr.base)), 2 * expr.exponent)  # s^3 as well
    if type(expr) is not type(local.body):
        return None
    if isinstance(expr, Add) and len(expr.terms) > len(local.body.children):
        return _part_of(expr, local, wanted, count)
    found, free = outline(expr)
    return Named(local.key, free, expr) if found == wanted and len(free) == count else None


def _part_of(expr: Add, local: Local, wanted: Outline, count: int) -> Expr | None:
    """Return a sum in which the name stands for some terms: x + a - mu, where z = x + a."""
    size = len(local.body.children)
    for start in range(len(expr.terms) - size + 1):
        part = Add(expr.terms[start : start + size])
        found, free = outline(part)
        if found == wanted and len(free) == count:
            rest = (*expr.terms[:start], Named(local.key, free, part), *expr.terms[start + size :])
            return Add(tuple(_put(term, local, wanted, count) for term in rest))
    return None


def _is_root(expr: Expr) -> bool:
    return isinstance(expr, Power) and expr.exponent.denominator == 2


def read_back(expr: Expr, locals_: dict[str, Local]) -> Expr:
    """Return the expression with what the local names are defined as in their places."""
    if isinstance(expr, Named) and expr.name in locals_:
        local = locals_[expr.name]
        to = dict(zip(local.indices, expr.indices, strict=True))
        return read_back(rename(local.body, to), locals_)
    if isinstance(expr, Named):
        return expr
    children = tuple(read_back(child, locals_) for child in expr.children)
    if isinstance(expr, Power):
        return power(children[0], expr.exponent)
    if isinstance(expr, Add):
        return add(*children)
    return with_children(expr, children)


def printed(expr: Expr) -> Iterator[Expr]:
    """Yield the node and all nodes below it that are printed."""
    yield expr
    if not isinstance(expr, Named):
        for child in expr.children:
            yield from printed(child)
