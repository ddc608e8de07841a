"""One symbol, gradient, index or number where another belongs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bncheck.symbolic.claims.mending.author import INDEXED, Author, relabelled
from bncheck.symbolic.claims.mending.edit import LARGE, MIDDLE, SMALL, Edit
from bncheck.symbolic.claims.mending.places import (
    ONE,
    Place,
    is_operation,
    label_of,
    negative,
    unsigned,
)
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Quotient, Total
from bncheck.symbolic.claims.walking import bare, walk

SYMBOLS = ("x", "xhat", "y", "mu", "var", "gamma", "beta")
OF_SAMPLES = ("dy", "dxhat", "dx")
OF_CHANNELS = ("dmu", "dvar", "dgamma", "dbeta")
NUMBERS = (1, 2, 3)


def swaps(place: Place, author: Author) -> Iterator[Edit]:
    """Yield what may be mistaken for one another."""
    kind = author.kind(place.node, place.bound)
    for kinds in (SYMBOLS, OF_SAMPLES, OF_CHANNELS):
        if kind is not None and kind in kinds:
            yield from _symbols(place, author, kind, kinds)
    if kind in ("x", "xhat"):
        yield from _deviation(place, author, kind)
    yield from _sizes(place, author, kind)
    yield from _indices(place, author)
    if isinstance(place.node, Num):
        for number in NUMBERS:
            new = Num(place.node.position, Fraction(number))
            if new.value != place.node.value:
                slip = ("number", place.node.value, number)
                yield place.edit(new, author.instead(place.node, new), slip, MIDDLE)


def _symbols(place: Place, author: Author, kind: str, kinds: tuple[str, ...]) -> Iterator[Edit]:
    near = [*reversed(place.bound), *author.free, ""]
    label = author.label(place.node) if kind in INDEXED else near[0]
    for other in kinds:
        new = author.symbol(other, label) if other != kind else None
        if new is not None:
            says = author.instead(place.node, new)
            yield place.edit(new, says, ("symbol", kind, other), SMALL)


def _deviation(place: Place, author: Author, kind: str) -> Iterator[Edit]:
    """Take the mean off, or divide by the deviation too."""
    label = author.label(place.node)
    x, mu = author.symbol("x", label), author.symbol("mu")
    if x is not None and mu is not None:
        new = Operation(place.node.position, "+", (x, negative(mu)))
        yield place.edit(new, author.instead(place.node, new), ("centre", kind), MIDDLE)


def deviations(place: Place, author: Author) -> Iterator[Edit]:
    """Put the normalized value where x - mu is."""
    node = place.node
    if not (isinstance(node, Operation) and node.sign == "+" and len(node.arguments) == 2):
        return
    kinds = [author.kind(unsigned(term)[1], place.bound) for term in node.arguments]
    if kinds == ["x", "mu"]:
        new = author.symbol("xhat", author.label(node.arguments[0]))
        if new is not None:
            yield place.edit(new, author.instead(node, new), ("deviation",), MIDDLE)


def _sizes(place: Place, author: Author, kind: str | None) -> Iterator[Edit]:
    """Tell m and m - 1 apart."""
    node, m = place.node, author.symbol("m")
    if m is None:
        return
    less = Operation(node.position, "+", (m, negative(ONE)))
    if kind == "m" and place.role != "term":
        yield place.edit(less, author.instead(node, less), ("m",), SMALL)
    if is_operation(node, "+") and bare(node) == bare(less):
        yield place.edit(m, author.instead(node, m), ("m - 1",), SMALL)


def _indices(place: Place, author: Author) -> Iterator[Edit]:
    """Put another index on a symbol, or on all symbols of a sum."""
    node = place.node
    if isinstance(node, Name | Quotient):
        old = author.label(node)
        for label in dict.fromkeys((*place.bound, *author.free)):
            if old and label and label != old:
                new = author.at(node, label)
                slip = ("index", old, label)
                yield place.edit(new, author.instead(node, new), slip, SMALL)
    if isinstance(node, Total):
        label, body = label_of(node), node.body
        used = {author.label(n) for n in walk(body) if isinstance(n, Name)} - {label, ""}
        for old in sorted(used):
            new = Total(node.position, node.index, node.upper, relabelled(body, old, label))
            says = f"the index {old} where {label} belongs in the sum over {label}"
            yield place.edit(new, says, ("indices", old, label), MIDDLE)


def answers(place: Place, author: Author, side: str) -> Iterator[Edit]:
    """Put a short quantity in place of a whole side that is short itself: the last resort."""
    zero = Num(0, Fraction(0))
    m = author.symbol("m")
    parts: list[Node | None] = [zero, ONE, m]
    parts += [author.symbol(kind) for kind in ("mu", "var", "beta", "gamma")]
    parts += [author.symbol(k, label) for k in ("xhat", "y") for label in author.free[:1]]
    for new in parts:
        if new is not None:
            says = f"the {side} side would be {author.tex(new)}"
            yield place.edit(new, says, ("answer",), LARGE)
