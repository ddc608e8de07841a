"""A sign, a term missing or too much."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import LARGE, MIDDLE, SMALL, Edit, replaced
from bncheck.symbolic.claims.mending.forgotten import (
    forgotten,
    partials,
    through_partials,
    through_sums,
)
from bncheck.symbolic.claims.mending.places import (
    Place,
    chain,
    is_operation,
    negative,
    product,
    signed,
    summands,
    total_of,
    unsigned,
)
from bncheck.symbolic.claims.nodes import Node
from bncheck.symbolic.claims.walking import bare

NTH = ("first", "second", "third", "fourth", "fifth", "sixth")


def signs(place: Place, author: Author) -> Iterator[Edit]:
    """Turn the sign of a term."""
    if not place.is_sum:
        return
    terms = summands(place.node)
    for at, term in enumerate(terms):
        is_negative, body = unsigned(term)
        new = total_of([*terms[:at], negative(term), *terms[at + 1 :]])
        # a sign that is printed, and between terms each is
        weight = SMALL if at or is_negative or len(terms) == 1 else MIDDLE
        says = f"the sign of {named(author, terms, at)} is wrong"
        if len(terms) == 1 and place.line is not None:
            whole = replaced(place.line, {place.path[-1:]: new})
            says = author.instead(place.line, whole, says)
        yield place.edit(new, says, ("sign", bare(body)), weight)


def exchanged(place: Place, author: Author) -> Iterator[Edit]:
    """Take a - b the other way round, and read a product as a sum, or a sum as a product."""
    node = place.node
    terms = summands(node)
    if len(terms) == 2 and [unsigned(term)[0] for term in terms] == [False, True]:
        new = total_of([negative(terms[1]), negative(terms[0])])
        yield place.edit(new, author.instead(node, new), ("exchanged",), MIDDLE)
    if is_operation(node, "+") and not any(unsigned(term)[0] for term in terms):
        new = product(terms)
        yield place.edit(new, f"a plus sign too much: {author.instead(node, new)}", "+", MIDDLE)
    parts = chain(node) if place.is_product else []
    for at in range(1, len(parts)):
        new = total_of([product(parts[:at]), product(parts[at:])])
        says = f"a plus sign is missing: {author.instead(node, new)}"
        yield place.edit(new, says, ("product",), MIDDLE)


def named(author: Author, terms: list[Node], at: int) -> str:
    """Return a term as it is printed, or its number where that is long."""
    nth = f"the {NTH[at] if at < len(NTH) else f'{at + 1}th'} term"
    body = unsigned(terms[at])[1]
    return author.short(body, nth if len(terms) > 1 else "the whole side")


def too_many(place: Place, author: Author) -> Iterator[Edit]:
    """Leave a term out."""
    if not is_operation(place.node, "+"):
        return
    terms = summands(place.node)
    for at, term in enumerate(terms):
        rest = [*terms[:at], *terms[at + 1 :]]
        says = f"the term {author.short(term, named(author, terms, at))} does not belong"
        yield place.edit(total_of(rest), says, ("term too much", bare(term)), MIDDLE)


def missing(place: Place, author: Author) -> Iterator[Edit]:
    """Put a term in."""
    yield from _missing(place, author, forgotten(author))


def partials_missing(place: Place, author: Author) -> Iterator[Edit]:
    """Put a term of the chain rule in."""
    if place.role == "side":
        yield from _missing(place, author, partials(author))


def _missing(place: Place, author: Author, parts: Iterator[Node]) -> Iterator[Edit]:
    if not place.is_sum:
        return
    terms = summands(place.node)
    known = {bare(unsigned(term)[1]) for term in terms}
    for part in parts:
        if bare(part) in known:
            continue
        for is_negative in (False, True):
            term = signed(is_negative, part)
            says = f"the term {author.tex(term)} is missing"
            slip = ("term missing", bare(term))
            yield place.edit(total_of([*terms, term]), says, slip, LARGE)


def statistics_constant(place: Place, author: Author) -> Iterator[Edit]:
    """Put both terms through the statistics into dL/dx, where they were held fixed."""
    label = next(iter(author.free), "")
    if place.role == "side":
        yield from _both(place, author, list(through_partials(author, label)))
    kind = author.kind(place.node, place.bound)
    if kind in ("dy", "dxhat"):
        scaled = [negative(term) for _, term in through_sums(author, label, kind)]
        yield from _both(place, author, scaled)


def _both(place: Place, author: Author, more: list[Node]) -> Iterator[Edit]:
    if len(more) == 2:
        shown = " and ".join(map(author.tex, more))
        says = f"the terms {shown}, through the mean and the variance, are missing"
        new = total_of([*summands(place.node), *more])
        yield place.edit(new, says, ("terms missing",), LARGE)
