"""The tree of a formula as it is laid out: what stands beside, above, below and around what.

It says nothing of what a formula means (that is `bncheck.symbolic`); only what is needed to draw
it, to break it between terms, and to say it aloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Letter:
    """A symbol of one sign, italic: ``x``, ``γ``, ``L``."""

    sign: str


@dataclass(frozen=True)
class Word:
    """Upright words: a name of several letters (``Var``, ``run``) or text within a formula."""

    text: str


@dataclass(frozen=True)
class Digits:
    """A number, as it is written."""

    text: str


@dataclass(frozen=True)
class Sign:
    """An operator, a relation or punctuation, as its Unicode sign: ``+``, ``−``, ``=``, ``≤``."""

    sign: str
    kind: Literal["binary", "relation", "prefix", "punctuation"]


@dataclass(frozen=True)
class Stacked:
    """A relation, such as an arrow, and what is written over it."""

    base: Sign
    above: Row


@dataclass(frozen=True)
class Row:
    """Parts beside one another."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Over:
    """A fraction."""

    top: Row
    bottom: Row


@dataclass(frozen=True)
class Root:
    """A square root."""

    body: Row


@dataclass(frozen=True)
class Script:
    """What stands at the lower and the upper right of a base; ``None`` where nothing does."""

    base: Row
    below: Row | None
    above: Row | None


@dataclass(frozen=True)
class Accent:
    """A hat, tilde, bar or dot over something."""

    kind: Literal["hat", "tilde", "bar", "dot"]
    body: Row


@dataclass(frozen=True)
class Big:
    """A sum, product, maximum or minimum with its bounds; what it is of follows in the row."""

    sign: str
    below: Row | None
    above: Row | None


@dataclass(frozen=True)
class Fenced:
    """Something between brackets, bars or norms that are as tall as it; "" is no bracket."""

    left: str
    right: str
    body: Row


@dataclass(frozen=True)
class Cases:
    """Rows under a brace: a value, and when it holds."""

    rows: tuple[tuple[Row, Row], ...]


@dataclass(frozen=True)
class Marked:
    r"""The term that the next rule is applied to: ``\mark{...}``."""

    body: Row


Part = (
    Letter
    | Word
    | Digits
    | Sign
    | Stacked
    | Row
    | Over
    | Root
    | Script
    | Accent
    | Big
    | Fenced
    | Cases
    | Marked
)
