"""A sign, a term missing or too much."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.symbolic.claims.mending.author import Author
from bncheck.symbolic.claims.mending.edit import LARGE, MIDDLE, SMALL, Edit, replaced
from bncheck.symbolic.claims.mending.forgotten import forgotten, through_partials, through_sums
from bncheck.symbolic.claims.mending.places import (
    Place,
    is_operation,
    negative,
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
    if not place.is_sum:
        return
    terms = summands(place.node)
    known = {bare(unsigned(term)[1]) for term in terms}
    for part in forgotten(author):
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
