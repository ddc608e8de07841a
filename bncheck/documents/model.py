"""What a document is made of: blocks that say what they are, not how they look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """A formula, spelled for each kind of reader."""

    text: str
    latex: str


@dataclass(frozen=True)
class Heading:
    """A title; level 1 is the document's."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Plain prose; a label, such as "Source", may stand before it."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Verbatim:
    """Lines that are kept as they are."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a derivation: the formula, the rule that leads to it, how it was checked."""

    formula: Formula
    rule: str
    checked: str


@dataclass(frozen=True)
class Derivation:
    """A chain of equal formulas."""

    name: str
    start: Formula
    lines: tuple[Line, ...]
    relation: str = "="


Block = Heading | Paragraph | Verbatim | Derivation


@dataclass(frozen=True)
class Document:
    """A sequence of blocks."""

    title: str
    blocks: tuple[Block, ...]
