"""A bracket, a root, a fraction or a sum that encloses too little or too much."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import MIDDLE, Edit, replaced
from bncheck.symbolic.claims.mending.places import (
    Place,
    chain,
    is_operation,
    is_sigma,
    negative,
    product,
    signed,
    summands,
    total_of,
    unsigned,
)
from bncheck.symbolic.claims.nodes import Call, Node, Operation, Root, Total

Put = Callable[[Node], Node]
"""Makes the whole node again, with something else for the part."""


def _at(node: Node, at: int) -> Put:
    return lambda new: replaced(node, {(at,): new})


def _from(node: Node, at: int, *, front: bool) -> Put:
    parts = chain(node)
    if front:
        return lambda new: product([new, *parts[at:]])
    return lambda new: product([*parts[:at], new])


def right_ends(node: Node) -> Iterator[tuple[Node, Put]]:
    """Yield the parts that end where a node ends, or just before a closing brace there."""
    if is_operation(node, "*"):
        parts = chain(node)
        for at in range(len(parts) - 1, 0, -1):
            yield product(parts[at:]), _from(node, at, front=False)
        yield from _deeper(right_ends, parts[-1], _from(node, len(parts) - 1, front=False))
        return
    steps: list[tuple[int, Node]] = []
    match node:
        case Operation(_, "/", (top, bottom)):
            steps = [(0, top), (1, bottom)]
        case Operation(_, "^", (base, _)) if not is_sigma(base):
            steps = [(0, base)]
        case Total(_, _, upper, body):
            steps = [(0 if upper is None else 1, body)]
        case Root(_, body) | Call(_, _, body):
            steps = [(0, body)]
    for at, part in steps:
        yield part, _at(node, at)
        yield from _deeper(right_ends, part, _at(node, at))


def left_ends(node: Node) -> Iterator[tuple[Node, Put]]:
    """Yield the parts that start where a node starts, or just behind an opening brace there."""
    if is_operation(node, "*"):
        parts = chain(node)
        for at in range(1, len(parts)):
            yield product(parts[:at]), _from(node, at, front=True)
        yield from _deeper(left_ends, parts[0], _from(node, 1, front=True))
        return
    match node:
        case Operation(_, "/", (part, _)):
            pass
        case Operation(_, "^", (part, _)) if not is_sigma(part):
            pass
        case _:
            return
    yield part, _at(node, 0)
    yield from _deeper(left_ends, part, _at(node, 0))


def _deeper(
    ends: Callable[[Node], Iterator[tuple[Node, Put]]], part: Node, put: Put
) -> Iterator[tuple[Node, Put]]:
    for inner, put_inner in ends(part):
        yield inner, _both(put, put_inner)


def _both(put: Put, put_inner: Put) -> Put:
    return lambda new: put(put_inner(new))


def wider(place: Place, author: Author) -> Iterator[Edit]:
    """Take the terms beside a part into it: ``a + b c`` becomes ``(a + b) c``."""
    if not is_operation(place.node, "+"):
        return
    terms = summands(place.node)
    for at in range(len(terms) - 1):
        is_negative, body = unsigned(terms[at])
        for count in {1, len(terms) - at - 1}:
            more = terms[at + 1 : at + 1 + count]
            for part, put in right_ends(body):
                new = signed(is_negative, put(total_of([*summands(part), *more])))
                rest = terms[at + 1 + count :]
                yield _moved(place, author, [*terms[:at], new, *rest], "little")
    for at in range(1, len(terms)):
        is_negative, body = unsigned(terms[at])
        for count in {1, at}:
            before = terms[at - count : at]
            for part, put in left_ends(body):
                first, *others = summands(part)
                new = put(total_of([*before, signed(is_negative, first), *others]))
                rest = terms[at + 1 :]
                yield _moved(place, author, [*terms[: at - count], new, *rest], "little")


def narrower(place: Place, author: Author) -> Iterator[Edit]:
    """Let the terms at the end of a part out of it: ``(a + b) c`` becomes ``a + b c``."""
    if not place.is_sum:
        return
    terms = summands(place.node)
    for at, term in enumerate(terms):
        is_negative, body = unsigned(term)
        for inside, out in _let_out(body):
            new = [signed(is_negative, inside), *out]
            yield _moved(place, author, [*terms[:at], *new, *terms[at + 1 :]], "much")
        for first, inside in _let_out_in_front(body):
            new = [signed(is_negative, first), inside]
            yield _moved(place, author, [*terms[:at], *new, *terms[at + 1 :]], "much")


def _let_out(body: Node) -> Iterator[tuple[Node, list[Node]]]:
    for part, put in right_ends(body):
        terms = summands(part)
        for count in {1, len(terms) - 1} - {0}:
            yield put(total_of(terms[:-count])), terms[-count:]


def _let_out_in_front(body: Node) -> Iterator[tuple[Node, Node]]:
    for part, put in left_ends(body):
        first, *others = summands(part)
        if others:
            is_negative, second = unsigned(others[0])
            inside = put(total_of([second, *others[1:]]))
            yield first, negative(inside) if is_negative else inside


def _moved(place: Place, author: Author, terms: list[Node], how: str) -> Edit:
    new = total_of(terms)
    otherwise = f"a bracket encloses too {how}"
    says = author.instead(place.node, new, otherwise)
    says = says if says == otherwise else f"{otherwise}: {says}"
    return place.edit(new, says, ("bracket", place.path, how, len(terms)), MIDDLE)
