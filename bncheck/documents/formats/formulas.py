"""Formulas of a document, as its renderers ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache

from bncheck.documents.formulas import breaking, plain, reading, width
from bncheck.documents.formulas.nodes import Big, Part, Row
from bncheck.documents.model import Formula, Line

PIECE = 20.0
"""Of a formula that stands in a line of words, so many em are not broken."""
_BOUNDS = 0.9


@lru_cache(maxsize=20_000)
def row(tex: str) -> Row:
    """Return the tree of a formula. Raises NotSupported for a sign that is not known."""
    return reading.read(tex)


def spelled(formula: Formula) -> str:
    """Return a formula in plain ASCII text."""
    return formula.text or plain.write(row(formula.tex))


def relation(line: Line) -> str:
    """Return the relation of a line in plain ASCII text."""
    return plain.write(row(line.relation)) if line.relation else ""


@lru_cache(maxsize=20_000)
def lines(tex: str, wide: float) -> tuple[Row, ...]:
    """Return a formula in lines that are at most so many em wide."""
    return breaking.lines(row(tex), wide)


def pieces(tex: str) -> tuple[Row, ...]:
    """Return a formula that stands in a line of words, in pieces between which a line may end."""
    return lines(tex, PIECE)


@lru_cache(maxsize=20_000)
def em(tex: str) -> float:
    """Return how wide a formula is, in em."""
    return width.em(row(tex))


def within(formula: Row) -> float:
    """Return how wide a formula is in a line of words: bounds stand beside a sum, not above it."""
    return width.em(formula) + _BOUNDS * sum(1 for part in _all(formula) if _has_bounds(part))


def _has_bounds(part: Part) -> bool:
    return isinstance(part, Big) and (part.below is not None or part.above is not None)


def _all(row: Row) -> Iterator[Part]:
    """Yield the parts of a row, and of what is in them."""
    for part in row.parts:
        yield part
        for each in fields(part):
            inside = getattr(part, each.name)
            if isinstance(inside, Row):
                yield from _all(inside)
