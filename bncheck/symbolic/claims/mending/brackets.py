"""A bracket, a root, a fraction or a sum that encloses too little or too much."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import MIDDLE, Edit, Path, replaced
from bncheck.symbolic.claims.mending.places import (
    Place,
    is_operation,
    is_sigma,
    negative,
    signed,
    summands,
    total_of,
    unsigned,
)
from bncheck.symbolic.claims.nodes import Call, Node, Operation, Root, Total

Ends = Callable[[Node], Iterator[tuple[Path, Node]]]


def right_ends(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield the parts that end where a node ends, or just before a closing brace there."""
    steps: list[tuple[int, Node]] = []
    match node:
        case Operation(_, "*", (_, last)):
            steps = [(1, last)]
        case Operation(_, "/", (top, bottom)):
            steps = [(0, top), (1, bottom)]
        case Operation(_, "^", (base, _)) if not is_sigma(base):
            steps = [(0, base)]
        case Total(_, _, upper, body):
            steps = [(0 if upper is None else 1, body)]
        case Root(_, body) | Call(_, _, body):
            steps = [(0, body)]
    for at, part in steps:
        yield (*path, at), part
        yield from right_ends(part, (*path, at))


def left_ends(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield the parts that start where a node starts, or just behind an opening brace there."""
    match node:
        case Operation(_, "*" | "/", (first, _)):
            part = first
        case Operation(_, "^", (base, _)) if not is_sigma(base):
            part = base
        case _:
            return
    yield (*path, 0), part
    yield from left_ends(part, (*path, 0))


def wider(place: Place, author: Author) -> Iterator[Edit]:
    """Take the terms beside a part into it: ``a + b c`` becomes ``(a + b) c``."""
    if not is_operation(place.node, "+"):
        return
    terms = summands(place.node)
    for at in range(len(terms) - 1):
        is_negative, body = unsigned(terms[at])
        for count in {1, len(terms) - at - 1}:
            more = terms[at + 1 : at + 1 + count]
            for path, part in right_ends(body):
                inside = total_of([*summands(part), *more])
                new = signed(is_negative, replaced(body, {path: inside}))
                rest = terms[at + 1 + count :]
                yield _moved(place, author, [*terms[:at], new, *rest], "little")
    for at in range(1, len(terms)):
        is_negative, body = unsigned(terms[at])
        for count in {1, at}:
            before = terms[at - count : at]
            for path, part in left_ends(body):
                first, *others = summands(part)
                inside = total_of([*before, signed(is_negative, first), *others])
                new = replaced(body, {path: inside})
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
    for path, part in right_ends(body):
        terms = summands(part)
        for count in {1, len(terms) - 1} - {0}:
            inside = replaced(body, {path: total_of(terms[:-count])})
            yield inside, terms[-count:]


def _let_out_in_front(body: Node) -> Iterator[tuple[Node, Node]]:
    for path, part in left_ends(body):
        first, *others = summands(part)
        if others:
            is_negative, second = unsigned(others[0])
            inside = replaced(body, {path: total_of([second, *others[1:]])})
            yield first, negative(inside) if is_negative else inside


def _moved(place: Place, author: Author, terms: list[Node], how: str) -> Edit:
    new = total_of(terms)
    otherwise = f"a bracket encloses too {how}"
    says = author.instead(place.node, new, otherwise)
    says = says if says == otherwise else f"{otherwise}: {says}"
    return place.edit(new, says, ("bracket", place.path, how, len(terms)), MIDDLE)
