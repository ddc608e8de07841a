"""What a document is made of: blocks that say what they are, not how they look.

A formula is LaTeX in the subset that `bncheck.documents.formulas` lays out, and nothing else is
markup: text is text, whatever signs are in it. Anchors name what can be referred to; each is given
once in a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True)
class Code:
    """A name or an expression of a program, within a line."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words that matter."""

    text: str


@dataclass(frozen=True)
class Formula:
    """A formula: LaTeX for math mode, and how plain ASCII text spells it ("" where nobody said)."""

    tex: str
    text: str = ""


@dataclass(frozen=True)
class Reference:
    """A cross-reference: to what has this anchor here; ``shown`` is all of it where nothing has."""

    anchor: str
    shown: str


@dataclass(frozen=True)
class Link:
    """Words that lead to an address outside the document."""

    address: str
    shown: str


Inline = Text | Code | Strong | Formula | Reference | Link
Prose = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A title; level 1 is a chapter's, 2 a section's, 3 a part's. The document has its own."""

    text: str
    level: int
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a label, such as "Source", may stand before it."""

    prose: Prose
    label: str = ""


@dataclass(frozen=True)
class Items:
    """A list."""

    items: tuple[Prose, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Equation:
    """A displayed formula; with an anchor it has a number. ``note`` stands beside it, in words."""

    formula: Formula
    anchor: str = ""
    note: Prose = ()


@dataclass(frozen=True)
class Line:
    """One line of a derivation: how it follows from the one before, and the formula.

    rule: the rule in words; failed: "" or what is wrong with this line (it is then not proved)
    """

    formula: Formula
    rule: str
    relation: str = "="
    failed: str = ""


@dataclass(frozen=True)
class Derivation:
    r"""A chain of formulas, and how it was checked, said once for all of it.

    What the next rule is applied to may be marked in a formula, as ``\mark{...}``.
    """

    name: str
    start: Formula
    lines: tuple[Line, ...]
    checked: str
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """A table with a head; all rows are as long as it."""

    head: tuple[Prose, ...]
    rows: tuple[tuple[Prose, ...], ...]
    caption: str = ""


@dataclass(frozen=True)
class Program:
    """Lines that are kept as they are. ``runs``: a notebook makes a cell of it that is executed."""

    text: str
    language: str = ""
    runs: bool = False


@dataclass(frozen=True)
class Box:
    """Blocks that stand apart: a remark, what goes wrong in practice, an answer (folded away)."""

    kind: Literal["remark", "practice", "answer", "failed"]
    title: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Items | Equation | Derivation | Table | Program | Box


@dataclass(frozen=True)
class Document:
    """A sequence of blocks under a title. ``contents``: whether a table of contents precedes it."""

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    contents: bool = False
