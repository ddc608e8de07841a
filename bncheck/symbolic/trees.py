"""Walks over expressions: all nodes, their shape, values for symbols, sums written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from bncheck.symbolic.expression import (
    Add,
    Delta,
    Derivative,
    Element,
    Expr,
    Index,
    Mul,
    Named,
    Number,
    Position,
    Power,
    Sum,
    Symbol,
    add,
    rebuild,
    rename,
)
from bncheck.symbolic.work import NODE, step


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield the node and all nodes below it, an object that stands in several places once.

    Derivatives of derivatives have few parts that stand in very many places (`shared`).
    """
    stack = [expr]
    met: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) not in met:
            met.add(id(node))
            yield node
            stack.extend(node.children)


def length(expr: Expr) -> int:
    """Return how many nodes a tree has when it is written out: more than any part of it has."""
    known: dict[int, int] = {}

    def of(node: Expr) -> int:
        if id(node) not in known:
            known[id(node)] = 1 + sum(map(of, node.children))
        return known[id(node)]

    return of(expr)


def shared(*exprs: Expr) -> tuple[Expr, ...]:
    """Return the same expressions with equal parts made one object.

    What is remembered for a part, by its identity, then serves wherever the part stands.
    """
    known: dict[tuple[object, ...], Expr] = {}
    return tuple(_shared(expr, known, {}) for expr in exprs)


def _shared(expr: Expr, known: dict[tuple[object, ...], Expr], done: dict[int, Expr]) -> Expr:
    if id(expr) in done:
        return done[id(expr)]
    children = tuple(_shared(child, known, done) for child in expr.children)
    match expr:
        case Add() | Mul():
            own: object = None
        case Power(_, exponent):
            own = exponent
        case Sum(index, _):
            own = index
        case Named(name, indices, _):
            own = (name, indices)
        case Derivative(_, target, formal, _):
            own = (target, formal)
        case _:
            own = expr
    key = (type(expr), own, *map(id, children))
    if key not in known:
        same = all(new is old for new, old in zip(children, expr.children, strict=True))
        known[key] = expr if same else with_children(expr, children)
    done[id(expr)] = known[key]
    return known[key]


def with_children(expr: Expr, children: tuple[Expr, ...]) -> Expr:
    """Put other children in, as they are: nothing is tidied up."""
    if isinstance(expr, Add):
        return Add(children)
    if isinstance(expr, Mul):
        return Mul(children)
    if isinstance(expr, Power):
        return Power(children[0], expr.exponent)
    return rebuild(expr, children)


def shape(expr: Expr, bound: tuple[Index, ...] = ()) -> tuple[object, ...]:
    """Return what the expression says, whatever its bound indices and quantities are called.

    Two expressions of the same shape mean the same; the converse is for `algebra` to decide.
    """

    def at(
        positions: tuple[Position, ...], within: tuple[Index, ...] = bound
    ) -> tuple[object, ...]:
        return tuple(("bound", within.index(p)) if p in within else p for p in positions)

    match expr:
        case Number(value):
            return ("number", value)
        case Symbol(name, positive):
            return ("symbol", name, positive)
        case Element(name, indices):
            return ("element", name, at(indices))
        case Delta(left, right):
            return ("delta", at((left, right)))
        case Named(_, _, body):
            return shape(body, bound)
        case Sum(index, body):
            return ("sum", index.size, shape(body, (index, *bound)))
        case Derivative(body, target, formal, velocity):
            inner = (*formal, *bound)
            return ("derivative", target, len(formal), shape(body, bound), shape(velocity, inner))
    exponent = expr.exponent if isinstance(expr, Power) else None
    return (type(expr).__name__, exponent, *(shape(child, bound) for child in expr.children))


def is_negative(expr: Expr) -> bool:
    """Whether an expression begins with a negative number, so that it is printed with a minus."""
    first = expr.factors[0] if isinstance(expr, Mul) else expr
    return isinstance(first, Number) and first.value < 0


def degree(expr: Expr) -> Fraction:
    """Return a bound on the bits of the expression's value, for unknowns of one bit each.

    Powers of powers grow faster than memory does; this says so before anything is computed.
    """
    return _degree(expr, {})


def _degree(expr: Expr, known: dict[int, Fraction]) -> Fraction:
    if id(expr) not in known:
        parts = [_degree(child, known) for child in expr.children]
        match expr:
            case Number(value):
                bits = value.numerator.bit_length() + value.denominator.bit_length()
                known[id(expr)] = Fraction(bits)
            case Add(terms):
                known[id(expr)] = max(parts) + Fraction(len(terms).bit_length())
            case Power(_, exponent):
                known[id(expr)] = parts[0] * max(abs(exponent), Fraction(1))
            case _:
                known[id(expr)] = sum(parts, Fraction(0)) or Fraction(1)
    return known[id(expr)]


def rewritten(expr: Expr, put: Callable[[Expr], Expr | None]) -> Expr:
    """Rebuild a tree, with other parts for those that ``put`` has one for; each part once.

    Raises TooLarge where a block of limited work ends in it.
    """
    done: dict[int, Expr] = {}

    def of(node: Expr) -> Expr:
        if id(node) not in done:
            step(NODE)
            new = put(node)
            done[id(node)] = rebuild(node, tuple(map(of, node.children))) if new is None else new
        return done[id(node)]

    return of(expr)


def substitute(expr: Expr, name: str, value: Expr) -> Expr:
    """Replace the symbol ``name``, or every entry of an array of it, by a scalar without indices.

    Raises ValueError inside a derivative by that symbol: a derivative is taken before a value is
    put in, not after.
    """

    def put(node: Expr) -> Expr | None:
        if isinstance(node, Derivative) and node.target == name:
            before = f"has to be carried out before {name} gets a value"
            raise ValueError(f"a derivative by {name} {before}")
        if isinstance(node, Symbol | Element):
            return value if node.name == name else node
        return None

    return rewritten(expr, put)


def unroll(expr: Expr, size: str, length: int) -> Expr:
    """Write the sums over indices of the given size out, for a batch of ``length`` values."""
    match expr:
        case Sum(index, body) if index.size == size:
            entries = (rename(body, {index: at}) for at in range(1, length + 1))
            return add(*(unroll(entry, size, length) for entry in entries))
        case Symbol(name) if name == size:
            return Number(Fraction(length))
    return rebuild(expr, tuple(unroll(child, size, length) for child in expr.children))
