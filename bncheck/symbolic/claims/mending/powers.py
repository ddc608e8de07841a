"""Exponents, squares and roots; eps beside the variance."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import SMALL, Edit
from bncheck.symbolic.claims.mending.places import (
    ONE,
    Place,
    is_operation,
    is_sigma,
    negative,
    over,
    summands,
    total_of,
)
from bncheck.symbolic.claims.nodes import Call, Name, Node, Num, Operation, Quotient, Root, Total
from bncheck.symbolic.claims.walking import bare, children, rebuilt


def powers(place: Place, author: Author) -> Iterator[Edit]:
    """Yield other exponents, with and without a root."""
    node = place.node
    if place.role == "chain":
        return
    for new in _others(node):
        slip = ("power", *_told(node), *_told(new))
        yield place.edit(new, author.instead(node, new), slip, SMALL)


def _others(node: Node) -> Iterator[Node]:
    if isinstance(node, Root):
        yield node.body
        yield raised(node, Fraction(3))
    elif isinstance(node, Operation) and node.sign == "^":
        base, exponent = node.arguments
        value = _number(exponent)
        if value is None:
            return
        step = 2 if is_sigma(base) else 1
        near = (-value, value - step, value + step, value * 2, value / 2, value - 2, value + 2)
        for other in dict.fromkeys(near):
            if other and other != value and other.denominator <= 2:
                yield raised(base, other)
        yield Root(node.position, node)
    elif isinstance(node, Name | Quotient | Call) or is_operation(node, "+"):
        yield raised(node, Fraction(2))
        yield Root(node.position, node)
        yield over(ONE, Root(node.position, node))


def _number(node: Node) -> Fraction | None:
    match node:
        case Num(_, value):
            return value
        case Operation(_, "neg", (body,)):
            inner = _number(body)
            return None if inner is None else -inner
        case Operation(_, "/", (top, bottom)):
            above, below = _number(top), _number(bottom)
            return above / below if above is not None and below else None
    return None


def inside(place: Place, author: Author) -> Iterator[Edit]:
    """Exchange a power and a sum or mean: the sum of squares, and the square of the sum."""
    node = place.node
    for new in _inside(node):
        yield place.edit(new, author.instead(node, new), ("inside",), SMALL)


def _inside(node: Node) -> Iterator[Node]:
    match node:
        case Operation(_, "^", (Total() | Call() as base, exponent)):
            yield _put(base, Operation(node.position, "^", (_body(base), exponent)))
        case Operation(_, "^", (Operation(_, "+", (Total() as first, *rest)), exponent)):
            whole = Operation(node.position, "+", (*summands(first.body), *rest))
            yield _put(first, Operation(node.position, "^", (whole, exponent)))
        case Total() | Call():
            body = _body(node)
            if is_operation(body, "^"):
                under, exponent = children(body)
                yield Operation(node.position, "^", (_put(node, under), exponent))


def _body(node: Node) -> Node:
    return children(node)[-1]


def _put(node: Node, body: Node) -> Node:
    return rebuilt(node, [*children(node)[:-1], body])


def raised(base: Node, exponent: Fraction) -> Node:
    """Return a power, printed the usual way."""
    if exponent == 1 and not is_sigma(base):
        return base
    size: Node = Num(base.position, Fraction(abs(exponent.numerator)))
    if exponent.denominator != 1:
        size = over(size, Num(base.position, Fraction(exponent.denominator)))
    return Operation(base.position, "^", (base, negative(size) if exponent < 0 else size))


def _told(node: Node) -> tuple[object, ...]:
    """Tell a power by its kind and exponent, whatever its base is."""
    match node:
        case Root():
            return ("root",)
        case Operation(_, "^", (_, exponent)):
            return ("power", bare(exponent))
    return ("plain",)


def epsilons(place: Place, author: Author) -> Iterator[Edit]:
    """Put eps beside the variance, or move it under the root."""
    node, eps = place.node, author.symbol("eps")
    if eps is None or place.role == "chain":
        return
    if author.kind(node, place.bound) == "var" and place.role != "term":
        new = Operation(node.position, "+", (node, eps))
        yield place.edit(new, author.instead(node, new), ("eps missing",), SMALL)
        root = Root(node.position, new)
        yield place.edit(root, author.instead(node, root), ("root and eps missing",), SMALL)
    if not is_operation(node, "+"):
        return
    terms = summands(node)
    kinds = [author.kind(term, place.bound) for term in terms]
    for at, term in enumerate(terms):
        if isinstance(term, Root) and "eps" in kinds:
            rest = [t for n, t in enumerate(terms) if n != at and kinds[n] != "eps"]
            inside = Operation(term.position, "+", (*summands(term.body), eps))
            whole = total_of([Root(term.position, inside), *rest])
            yield place.edit(whole, author.instead(node, whole), ("eps outside",), SMALL)
