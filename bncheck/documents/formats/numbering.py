"""Numbers of headings and equations, and what a cross-reference leads to: the same in each format.

Headings have numbers where there is a table of contents. Equations are numbered within a chapter
then, ``(2.5)``, and through the whole document otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from bncheck.documents.formats import formulas
from bncheck.documents.model import (
    Block,
    Box,
    Derivation,
    Document,
    Equation,
    Formula,
    Heading,
    Inline,
    Items,
    Link,
    Paragraph,
    Prose,
    Reference,
    Table,
)

DEPTH = 2
"""Levels that a table of contents shows."""
MOST = 40
"""Sections of a chapter that it shows; one that has more is there to be looked up in."""


@dataclass(frozen=True)
class Place:
    """What can be referred to. ``number`` is "" where there is none; level 0 is an equation."""

    anchor: str
    number: str
    level: int = 0
    title: str = ""

    @property
    def chapter(self) -> str:
        """The number of the chapter that it is in."""
        return self.number.partition(".")[0]


@dataclass(frozen=True)
class Numbered:
    """A document with an anchor at each heading and levels without gaps, and its places."""

    document: Document
    places: Mapping[str, Place]

    @cached_property
    def contents(self) -> tuple[Place, ...]:
        """The entries of the table of contents."""
        if not self.document.contents:
            return ()
        tops = [self.places[b.anchor] for b in self.document.blocks if isinstance(b, Heading)]
        shown = [place for place in tops if place.level <= DEPTH]
        chapters = Counter(place.chapter for place in shown)
        return tuple(p for p in shown if p.level == 1 or chapters[p.chapter] <= MOST)

    def is_listed(self, anchor: str) -> bool:
        """Whether the table of contents, if there is one, shows a heading."""
        return anchor in self._listed

    @cached_property
    def _listed(self) -> frozenset[str]:
        return frozenset(place.anchor for place in self.contents)

    def number(self, anchor: str) -> str:
        """Return the number of what has the anchor; "" for none."""
        return self.places[anchor].number if anchor in self.places else ""

    def shown(self, reference: Reference) -> str:
        """Return the words of a cross-reference; an equation's number is one of them."""
        place = self.places.get(reference.anchor)
        if place is None or place.level:
            return reference.shown or (f"section {place.number}" if place else "")
        number = f"({place.number})"
        if number in reference.shown:
            return reference.shown
        return f"{reference.shown} {number}".lstrip()


def numbered(document: Document) -> Numbered:
    """Give headings and equations their numbers.

    Raises ValueError where an anchor is given twice.
    """
    counting = _Counting(document.contents)
    blocks = tuple(counting.blocks(document.blocks))
    return Numbered(replace(document, blocks=blocks), counting.places)


def dangling(document: Document) -> set[str]:
    """Return the anchors that are referred to and are nowhere in the document."""
    found = numbered(document)
    told = (each for prose in proses(found.document.blocks) for each in prose)
    return {x.anchor for x in told if isinstance(x, Reference)} - set(found.places)


def proses(blocks: Iterable[Block]) -> Iterator[tuple[Inline, ...]]:
    """Yield everything that is said in blocks, in order."""
    for block in blocks:
        match block:
            case Paragraph(prose):
                yield prose
            case Equation(note=note):
                yield note
            case Items(items):
                yield from items
            case Table(head, rows):
                yield from head
                for row in rows:
                    yield from row
            case Box(blocks=inner):
                yield from proses(inner)


def words(prose: Prose, document: Numbered) -> str:
    """Return prose as words alone: for titles of tables and for who listens."""
    return "".join(_words(part, document) for part in prose)


def _words(part: Inline, document: Numbered) -> str:
    match part:
        case Reference():
            return document.shown(part)
        case Link(shown=shown):
            return shown
        case Formula():
            return formulas.spelled(part)
    return part.text


class _Counting:
    """Counts through the blocks of one document."""

    def __init__(self, by_chapter: bool) -> None:
        self.places: dict[str, Place] = {}
        self._by_chapter = by_chapter
        self._levels: list[int] = []  # the levels, as they are given, that we are inside
        self._counts: list[int] = [0]
        self._equations = 0

    def blocks(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            match block:
                case Heading():
                    yield self._heading(block)
                case Equation(anchor=anchor) | Derivation(anchor=anchor):
                    if anchor:
                        self._add(Place(anchor, self._next_equation()))
                    yield block
                case Box(blocks=inner):
                    yield replace(block, blocks=tuple(self.blocks(inner)))
                case _:
                    yield block

    def _heading(self, heading: Heading) -> Heading:
        while self._levels and self._levels[-1] >= heading.level:
            self._levels.pop()
        self._levels.append(heading.level)
        level = len(self._levels)
        self._counts = [*self._counts[:level], *[0] * (level - len(self._counts))]
        self._counts[-1] += 1
        if level == 1 and self._by_chapter:
            self._equations = 0
        number = ".".join(map(str, self._counts))
        anchor = heading.anchor or f"section-{number.replace('.', '-')}"
        self._add(Place(anchor, number if self._by_chapter else "", level, heading.text))
        return replace(heading, level=level, anchor=anchor)

    def _next_equation(self) -> str:
        self._equations += 1
        chapter = self._counts[0] if self._by_chapter else 0
        return f"{chapter}.{self._equations}" if chapter else str(self._equations)

    def _add(self, place: Place) -> None:
        if place.anchor in self.places:
            raise ValueError(f"the anchor {place.anchor!r} is given twice in one document")
        self.places[place.anchor] = place
