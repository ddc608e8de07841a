"""How wide words and tables are, nearly, in em of the text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bncheck.documents.formats import formulas
from bncheck.documents.formats.numbering import Numbered
from bncheck.documents.formats.numbering import words as words_of
from bncheck.documents.model import Code, Formula, Link, Prose, Reference, Strong, Table, Text

_NARROW = frozenset("iljtfrI.,:;'!|()[] ")
_WIDE = frozenset("mwMW@%")


def words(text: str) -> float:
    """Return how wide words are; rather too much than too little."""
    return sum(map(_sign, text))


def _sign(sign: str) -> float:
    if sign in _NARROW:
        return 0.34
    if sign in _WIDE:
        return 0.9
    if sign.isascii():
        return 0.7 if sign.isupper() else 0.53
    return 1.05


@dataclass(frozen=True)
class Widths:
    """Of each column of a table: on one line, and of the widest thing that is not broken."""

    natural: list[float]
    least: list[float]


def table(table: Table, document: Numbered) -> Widths:
    """Return how wide the columns of a table are."""
    head = tuple((Text(words_of(cell, document) + "mm"),) for cell in table.head)  # it is bold
    rows = [head, *table.rows]
    columns = [[row[at] for row in rows] for at in range(len(table.head))]
    natural = [max(sum(_parts(cell, document)) for cell in column) for column in columns]
    least = [
        max(max(_unbroken(cell, document), default=0.0) for cell in column) for column in columns
    ]
    return Widths([each + 0.5 for each in natural], [each + 0.4 for each in least])


def prose(said: Prose, document: Numbered) -> float:
    """Return how wide prose is on one line."""
    return sum(_parts(said, document))


def _parts(prose: Prose, document: Numbered) -> Iterable[float]:
    for part in prose:
        match part:
            case Formula(tex):
                yield sum(map(formulas.within, formulas.pieces(tex)))
            case Code(text):
                yield 0.56 * len(text)
            case _:
                yield words(_said(part, document))


def _unbroken(prose: Prose, document: Numbered) -> Iterable[float]:
    for part in prose:
        match part:
            case Formula(tex):
                yield from map(formulas.within, formulas.pieces(tex))
            case Code(text):
                yield from (0.56 * len(word) for word in text.split())
            case _:
                yield from (words(word) * 1.05 for word in _said(part, document).split())


def _said(part: object, document: Numbered) -> str:
    match part:
        case Text(text) | Strong(text):
            return text
        case Reference():
            return document.shown(part)
        case Link(shown=shown):
            return shown
    return ""
