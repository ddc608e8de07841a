"""The summary: definition, gradients, invariances, inference and faults on two pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from bncheck import files
from bncheck.documents.books import prose
from bncheck.documents.model import (
    Block,
    Document,
    Equation,
    Formula,
    Heading,
    Prose,
    Reference,
    Table,
    Text,
)

TITLE = "Batch normalization on two pages"
FILE = Path(__file__).parent / "summary.toml"
MAX_BYTES = 50_000


@dataclass(frozen=True)
class Row:
    """A formula, the theorem that states it, and words; `where` as for a claim.

    wide: it is displayed, and not in a table
    """

    latex: str
    says: str
    theorem: str
    where: Mapping[str, str] = field(default_factory=dict)
    wide: bool = False


@dataclass(frozen=True)
class Fault:
    """A deviation, a law that catches it, and how to see it."""

    deviation: str
    law: str
    see: str


@dataclass(frozen=True)
class Section:
    """A part of the summary: text, formulas, more text, faults; each may be missing."""

    title: str
    text: str = ""
    rows: tuple[Row, ...] = ()
    more: str = ""
    faults: tuple[Fault, ...] = ()


@lru_cache
def sections() -> tuple[Section, ...]:
    """Return what the summary has, in order."""
    return tuple(map(_section, files.read_toml(FILE, MAX_BYTES)["section"]))


def _section(data: dict[str, Any]) -> Section:
    rows = tuple(Row(**row) for row in data.get("rows", ()))
    faults = tuple(Fault(**fault) for fault in data.get("faults", ()))
    return Section(**{**data, "rows": rows, "faults": faults})


def document() -> Document:
    """Return the summary."""
    parts: list[Block] = []
    for section in sections():
        parts.append(Heading(section.title, 1))
        parts += prose.blocks(section.text)
        parts += _formulas(section.rows)
        parts += prose.blocks(section.more)
        parts += _faults(section.faults)
    return Document(
        TITLE, tuple(parts), "B04 and the like are theorems of the book, and laws of bncheck verify"
    )


def _formulas(rows: tuple[Row, ...]) -> Iterator[Block]:
    """Yield formulas in order: those that are short as rows of tables."""
    for wide, group in groupby(rows, key=lambda row: row.wide):
        if not wide:
            cells = (*map(_row, group),)
            yield Table(((Text("Formula"),), (Text("Says"),), (Text("Theorem"),)), cells)
            continue
        for row in group:
            note = (*prose.inline(row.says), Text(" ("), prose.theorem(row.theorem), Text(")"))
            yield Equation(Formula(row.latex), note=note)


def _row(row: Row) -> tuple[Prose, ...]:
    return ((Formula(row.latex),), prose.inline(row.says), (prose.theorem(row.theorem),))


def _faults(faults: tuple[Fault, ...]) -> Iterator[Block]:
    if not faults:
        return
    rows: list[tuple[Prose, ...]] = []
    for each in faults:
        name = Reference(f"deviation-{each.deviation}", each.deviation)
        rows.append(((name,), prose.inline(each.see), (Text(each.law),)))
    head = ((Text("Deviation"),), (Text("Shows with"),), (Text("Law"),))
    yield Table(head, tuple(rows))
