"""A factor missing or too much, a fraction upside down; a sum missing or too much."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bncheck.symbolic.claims.mending.author import Author, relabelled
from bncheck.symbolic.claims.mending.edit import LARGE, MIDDLE, Edit
from bncheck.symbolic.claims.mending.places import (
    ONE,
    Place,
    chain,
    is_operation,
    label_of,
    lines,
    over,
    product,
    unsigned,
)
from bncheck.symbolic.claims.nodes import Name, Node, Num, Operation, Quotient, Root, Total
from bncheck.symbolic.claims.walking import bare, walk

TWO = Num(0, Fraction(2))


def too_many(place: Place, author: Author) -> Iterator[Edit]:
    """Leave a factor out, above or below a line too."""
    if not place.is_product:
        return
    parts = chain(place.node)
    for at, part in enumerate(parts):
        others = (*parts[:at], *parts[at + 1 :])
        if others:
            yield _without(place, author, product(others), part)
        if is_operation(part, "/") and isinstance(part, Operation):
            top, bottom = part.arguments
            sign, above = unsigned(top)
            for rest, gone in _rests(above):
                new = over(Operation(top.position, "neg", (rest,)) if sign else rest, bottom)
                yield _without(place, author, _with(parts, at, new), gone)
            for rest, gone in _rests(bottom):
                new = top if bare(rest) == ONE else over(top, rest)
                factor = over(ONE, gone)
                yield _without(place, author, _with(parts, at, new), factor)
            if top != ONE:
                yield _turned(place, author, _with(parts, at, over(bottom, top)), part)
        elif isinstance(part, Name | Root) or is_operation(part, "^"):
            yield _turned(place, author, _with(parts, at, over(ONE, part)), part)


def _rests(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield what is left of a product without each factor, and the factor."""
    parts = chain(node)
    for at, part in enumerate(parts):
        if bare(part) != ONE:
            yield product([*parts[:at], *parts[at + 1 :]]), part


def _with(parts: list[Node], at: int, new: Node) -> Node:
    return product([*parts[:at], new, *parts[at + 1 :]])


def _without(place: Place, author: Author, new: Node, factor: Node) -> Edit:
    says = f"the factor {author.tex(factor)} does not belong"
    return place.edit(new, says, ("factor too much", bare(factor)), MIDDLE)


def _turned(place: Place, author: Author, new: Node, part: Node) -> Edit:
    turned = over(ONE, part)
    if isinstance(part, Operation) and part.sign == "/":
        turned = over(*reversed(part.arguments))
    says = author.instead(part, turned)
    return place.edit(new, says, ("turned", bare(part)), MIDDLE)


def missing(place: Place, author: Author) -> Iterator[Edit]:
    """Put a factor in, above or below the line of a fraction where there is one."""
    if not place.is_product:
        return
    m = author.symbol("m")
    for node, is_above in _factors(author):
        if _cancels(place.node, node, is_above) or (place.line is not None and not is_above):
            continue
        # what multiplies a denominator divides the whole
        factor = node if is_above == (place.role != "under") else over(ONE, node)
        says = f"the factor {author.tex(factor)} is missing{_where(place, author)}"
        weight = MIDDLE if isinstance(node, Num) or node == m else LARGE
        new = _attached(place.node, node, is_above)
        yield place.edit(new, says, ("factor missing", bare(factor)), weight)


def _factors(author: Author) -> Iterator[tuple[Node, bool]]:
    """Yield what is forgotten, and whether above the line."""
    found: list[Node] = [TWO]
    found += [symbol for kind in ("m", "gamma") if (symbol := author.symbol(kind)) is not None]
    var, eps = author.symbol("var"), author.symbol("eps")
    if var is not None and eps is not None:
        found.append(Root(0, Operation(0, "+", (var, eps))))
    sides = (author.relation.left, author.relation.right)
    found += [n for side in sides for n in walk(side) if isinstance(n, Root)]
    for node in {bare(node): node for node in found}.values():
        yield node, True
        yield node, False
    for kind in ("xhat", "dy", "dxhat"):
        for label in author.labels[:2] or [""]:
            vector = author.symbol(kind, label)
            if vector is not None:
                yield vector, True


def _attached(node: Node, factor: Node, is_above: bool) -> Node:
    parts = chain(node)
    first = parts[0]
    if isinstance(first, Operation) and first.sign == "/":
        above, below = first.arguments
        if is_above and bare(above) == ONE:
            return product([over(factor, below), *parts[1:]])
        if not is_above:
            return product([over(above, product([factor, below])), *parts[1:]])
    if is_above:
        where = 1 if isinstance(first, Num) else 0
        return product([*parts[:where], factor, *parts[where:]])
    if len(parts) == 1 and not isinstance(first, Total | Quotient):
        return over(node, factor)
    return product([over(ONE, factor), *parts])


def _cancels(node: Node, factor: Node, is_above: bool) -> bool:
    """Whether a factor is there already, on the other side of the line."""
    above, under = lines(node)
    return bare(factor) in (under if is_above else above)


def _where(place: Place, author: Author) -> str:
    if place.role in ("term", "signed", "body"):
        shown = author.short(place.node, "")
        return f" in {shown}" if shown else ""
    return ""


def sums(place: Place, author: Author) -> Iterator[Edit]:
    """Leave a sum out, or put one in front of some of the factors."""
    node = place.node
    if isinstance(node, Total):
        says = f"the sum over {label_of(node)} does not belong"
        yield place.edit(node.body, says, ("sum too much", label_of(node)), MIDDLE)
    if not place.is_product:
        return
    for parts, label, at in _starts(chain(node), place, author):
        for index, tail in _summed(product(parts[at:]), label, place, author):
            new = product([*parts[:at], like(index, tail, author)])
            what = author.short(tail, "")
            where = f" in front of {what}" if what else ""
            says = f"the sum over {index} is missing{where}"
            yield place.edit(new, says, ("sum missing", index), LARGE)
            if (m := author.symbol("m")) is not None:
                new = product([*parts[:at], over(ONE, m), like(index, tail, author)])
                says = f"the mean over {index} is missing{where}"
                yield place.edit(new, says, ("mean missing", index), LARGE)


def _starts(
    parts: list[Node], place: Place, author: Author
) -> Iterator[tuple[list[Node], str, int]]:
    """Yield where a sum over an index can start: first in front of the first factor that has it."""
    carried = [_labels(part, author) - {*place.bound} for part in parts]
    for label in sorted(set().union(*carried)):
        first = min(at for at, labels in enumerate(carried) if label in labels)
        for at in range(first, -1, -1):
            yield parts, label, at
        for at in range(first + 1, len(parts)):
            if label in set().union(*carried[at:]):
                yield parts, label, at


def _summed(tail: Node, label: str, place: Place, author: Author) -> Iterator[tuple[str, Node]]:
    """Yield an index to sum over, the printed one or another, and what is summed."""
    yield label, tail
    other = author.other_label(*_labels(tail, author), *place.bound)
    if other:
        yield other, relabelled(tail, label, other)


def _labels(node: Node, author: Author) -> set[str]:
    return {author.label(n) for n in walk(node) if isinstance(n, Name)} - {""}


def like(label: str, body: Node, author: Author) -> Total:
    """Make a sum like those of the author."""
    if author.totals:
        like = author.totals[0]
        index = like.index.replace(label_of(like), label, 1)
        return Total(0, index, like.upper, body)
    return Total(0, f"{label}=1", author.symbol("m"), body)
