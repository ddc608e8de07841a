"""Renders a document as plain ASCII text, no line of it wider than a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from bncheck.documents.ascii_formulas import broken
from bncheck.documents.formats import columns, formulas
from bncheck.documents.formats.characters import ascii_only, cut, program, readable
from bncheck.documents.formats.numbering import Numbered, numbered
from bncheck.documents.model import (
    Block,
    Box,
    Code,
    Derivation,
    Document,
    Equation,
    Formula,
    Heading,
    Items,
    Line,
    Link,
    Paragraph,
    Program,
    Prose,
    Reference,
    Strong,
    Table,
    Text,
)

WIDTH = 80
_RULES = "=-~"
_BOXES = {"remark": "Remark", "practice": "In practice", "answer": "Answer", "failed": "NOT PROVED"}


def render(document: Document) -> str:
    """Return the document as ASCII text."""
    found = numbered(document)
    writer = _Writer(found)
    lines = [*writer.title(), *writer.blocks(found.document.blocks)]
    return "\n".join(_single(lines)) + "\n"


def _single(lines: list[str]) -> Iterator[str]:
    """Leave out empty lines after empty ones, and at both ends."""
    waiting = False
    told = False
    for line in map(str.rstrip, lines):
        if line:
            yield from [""] * (waiting and told)
            yield line
        waiting, told = not line, told or bool(line)


@dataclass(frozen=True)
class _Writer:
    document: Numbered
    width: int = WIDTH

    def title(self) -> Iterator[str]:
        document = self.document.document
        shown = self.wrapped(ascii_only(readable(document.title)))
        yield from shown
        yield "=" * max(map(len, shown), default=0)
        if document.subtitle:
            yield from self.wrapped(ascii_only(readable(document.subtitle)))
        yield ""
        entries = self.document.contents
        for entry in entries:
            start = "  " * entry.level + (f"{entry.number}  " if entry.number else "")
            yield from self.wrapped(ascii_only(readable(entry.title)), start)
        yield ""

    def wrapped(self, text: str, start: str = "", after: str | None = None) -> list[str]:
        """Fold text; start: stands before it; after: before the lines that follow."""
        after = " " * len(start) if after is None else after
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=start,
            subsequent_indent=after,
            break_on_hyphens=False,
        ) or [start]

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        for block in blocks:
            yield from self.block(block)
            yield ""

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                yield from self.heading(block)
            case Paragraph(prose, label):
                start = f"{ascii_only(readable(label))}: " if label else ""
                yield from self.wrapped(start + self.prose(prose))
            case Items(items, ordered):
                for number, item in enumerate(items, 1):
                    mark = f"{number}. " if ordered else "- "
                    yield from self.wrapped(self.prose(item), f"  {mark}")
            case Equation():
                yield from self.equation(block)
            case Derivation():
                yield from self.derivation(block)
            case Table():
                yield from self.table(block)
            case Program(text):
                for line in program(text):
                    yield from (f"    {part}" for part in cut(ascii_only(line), self.width - 4))
            case Box(kind, title, inner):
                yield from self.box(kind, title, inner)

    def heading(self, heading: Heading) -> Iterator[str]:
        number = self.document.number(heading.anchor)
        start = f"{number}  " if number else ""
        shown = self.wrapped(ascii_only(readable(heading.text)), start)
        yield ""
        yield from shown
        yield _RULES[min(heading.level, len(_RULES)) - 1] * max(map(len, shown))

    def prose(self, prose: Prose) -> str:
        return ascii_only(readable("".join(map(self.inline, prose))))

    def inline(self, part: object) -> str:
        match part:
            case Text(text) | Strong(text) | Code(text):
                return text
            case Formula():
                return formulas.spelled(part)
            case Reference(anchor):
                place = self.document.places.get(anchor)
                shown = self.document.shown(part)
                numbered = place is not None and place.level and place.number
                return f"{shown} (section {place.number})" if place and numbered else shown
            case Link(address, shown):
                return shown if shown == address else f"{shown} <{address}>"
        return ""

    def equation(self, equation: Equation) -> Iterator[str]:
        number = self.document.number(equation.anchor)
        shown = f"  ({number})" if number else ""
        lines = broken(formulas.spelled(equation.formula), self.width - 5 - len(shown), "    ")
        note = self.prose(equation.note)
        beside = len(lines[0]) + len(note) + len(shown) + 7 <= self.width
        yield self.across(f"    {lines[0]}", (note if beside else "") + shown)
        yield from (f"    {line}" for line in lines[1:])
        if note and not beside:
            yield from self.wrapped(note, "        ")

    def across(self, left: str, right: str) -> str:
        """Return a line with something at both of its ends."""
        return left + right.rjust(self.width - len(left)) if right else left

    def derivation(self, chain: Derivation) -> Iterator[str]:
        number = self.document.number(chain.anchor)
        name = ascii_only(readable(chain.name))
        *before, last = self.wrapped(f"{name}:") if name else [""]
        yield from before
        if number and len(last) + len(number) + 4 > self.width:
            yield last
            last = ""
        yield self.across(last, f"({number})" if number else "")
        yield from (
            f"      {line}" for line in broken(formulas.spelled(chain.start), self.width - 6)
        )
        for line in chain.lines:
            yield from self.line(line)
        if chain.checked:
            yield from self.wrapped(ascii_only(readable(chain.checked)), "    ")

    def line(self, line: Line) -> Iterator[str]:
        sign = formulas.relation(line) or "="
        start = f"    {sign} "
        lines = broken(formulas.spelled(line.formula), self.width - len(start))
        *shown, last = [start + lines[0], *(" " * len(start) + more for more in lines[1:])]
        rule = f"[{ascii_only(readable(line.rule))}]" if line.rule else ""
        if len(last) + 2 + len(rule) <= self.width:
            yield from [*shown, self.across(last, rule)]
        else:
            yield from [*shown, last, *self.below(rule)]
        if line.failed:
            yield from self.wrapped(f"NOT PROVED: {ascii_only(readable(line.failed))}", "    ! ")

    def below(self, rule: str) -> list[str]:
        """Return a rule that has no room beside its formula, at the right."""
        lines = textwrap.wrap(rule, self.width - 20, break_on_hyphens=False)
        indent = " " * (self.width - max(map(len, lines), default=0))
        return [indent + line for line in lines]

    def table(self, table: Table) -> Iterator[str]:
        if table.caption:
            yield from self.wrapped(ascii_only(readable(table.caption)))
            yield ""
        rows = [[self.prose(cell) for cell in row] for row in (table.head, *table.rows)]
        natural = [max(len(row[at]) for row in rows) or 1 for at in range(len(table.head))]
        gaps = 2 * (len(natural) - 1)
        least = [min(each, 10) for each in natural]
        widths = columns.shares(natural, least, self.width - gaps)
        if widths is None:
            yield from self.listed(rows)
            return
        whole = [max(1, int(each)) for each in widths]
        for number, row in enumerate(rows):
            yield from _side_by_side(row, whole)
            if number == 0:
                yield "  ".join("-" * each for each in whole)

    def listed(self, rows: list[list[str]]) -> Iterator[str]:
        """Write a table that is too wide as a list of its rows."""
        head, *others = rows
        for row in others:
            for name, cell in zip(head, row, strict=True):
                yield from self.wrapped(cell, f"  {name}: "[: self.width // 2], "      ")
            yield ""

    def box(self, kind: str, title: str, inner: tuple[Block, ...]) -> Iterator[str]:
        name = _BOXES[kind]
        said = ascii_only(readable(title))
        narrower = _Writer(self.document, self.width - 2)
        told = f"{name}. {said}" if said and said != name else f"{name}."
        lines = [*narrower.wrapped(told), "", *narrower.blocks(inner)]
        yield from (f"| {line}" for line in _single(lines))


def _side_by_side(cells: list[str], widths: list[int]) -> Iterator[str]:
    folded = [
        textwrap.wrap(cell, width, break_on_hyphens=False)
        for cell, width in zip(cells, widths, strict=True)
    ]
    for at in range(max(map(len, folded), default=0)):
        parts = [
            (lines[at] if at < len(lines) else "").ljust(width)
            for lines, width in zip(folded, widths, strict=True)
        ]
        yield "  ".join(parts)
