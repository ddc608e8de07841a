"""Formulas of a document, as its renderers ask for them."""

from __future__ import annotations

from functools import lru_cache

from bncheck.documents.formulas import breaking, plain, reading, width
from bncheck.documents.formulas.nodes import Row
from bncheck.documents.model import Derivation, Formula, Line


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


@lru_cache(maxsize=20_000)
def em(tex: str) -> float:
    """Return how wide a formula is, in em."""
    return width.em(row(tex))


def rows_of(chain: Derivation) -> list[tuple[str, Line | None]]:
    """Return the formulas of a derivation with their relations, and the line of each but the first.

    The rule of a line is told beside it.
    """
    first: list[tuple[str, Line | None]] = [(chain.start.tex, None)]
    return first + [(f"{x.relation} {x.formula.tex}".strip(), x) for x in chain.lines]
