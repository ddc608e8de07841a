"""Renders a document as Typst source, from which `pdf` makes a PDF that a screen reader reads.

Words stand in strings, so that none of them is markup; formulas say themselves aloud.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from bncheck.documents.formats import columns, formulas, measuring
from bncheck.documents.formats.characters import cut, drawn, program, readable
from bncheck.documents.formats.numbering import Numbered, numbered
from bncheck.documents.formulas import breaking, spoken, typst, width
from bncheck.documents.formulas.nodes import Row
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

WIDTH = 41.0
"""Of the page, in em: 164 mm at 10.5 points are 44."""
_ASIDE = 12.0  # em: a rule is folded beside its formula where there is so much room
_TYPED = 78
_SPARE = 2.0  # em: a table need not leave room at its right
_INSET = 0.9  # em: what a column has at both of its sides
_BOXES = {"remark": "Remark", "practice": "In practice", "answer": "Answer", "failed": "Not proved"}
_COLORS = {"remark": "#8a8a8a", "practice": "#b26a00", "answer": "#2e6f40", "failed": "#b3261e"}


def render(document: Document) -> str:
    """Return the document as Typst source."""
    found = numbered(document)
    writer = _Writer(found)
    parts = [*writer.title(), *writer.blocks(found.document.blocks)]
    title = string(document.title.strip() or "(untitled)")
    named = f"#set document(title: {title}, date: none)"
    head = resources.files(__package__).joinpath("head.typ").read_text("utf-8")
    return "\n".join([named, head, typst.MARK, *parts]) + "\n"


def string(text: str) -> str:
    """Return text as a string of Typst."""
    return _quoted(drawn(readable(text)))


def _quoted(text: str) -> str:
    shown = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"'


def said(text: str) -> str:
    """Return text for where markup stands."""
    return f"#{string(text)};"


@dataclass(frozen=True)
class _Writer:
    document: Numbered
    width: float = WIDTH

    def title(self) -> Iterator[str]:
        document = self.document.document
        yield "#title()"
        if document.subtitle:
            yield f"#block(below: 1.4em, text(size: 1.1em, {string(document.subtitle)}))"
        if document.contents:
            yield "#outline(title: [Contents], depth: 2, indent: 1.2em)\n#pagebreak(weak: true)"

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                yield self.heading(block)
            case Paragraph(prose, label):
                start = f"#strong({string(label + '.')}); " if label else ""
                yield f"#par[{start}{self.prose(prose)}]"
            case Items(items, ordered):
                inside = ", ".join(f"[{self.prose(item)}]" for item in items)
                yield f"#{'enum' if ordered else 'list'}({inside})"
            case Equation():
                yield from self.equation(block)
            case Derivation():
                yield from self.derivation(block)
            case Table():
                yield self.table(block)
            case Program(text):
                yield _program(text, int(_TYPED * self.width / WIDTH))
            case Box():
                yield self.box(block)

    def heading(self, heading: Heading) -> str:
        number = self.document.number(heading.anchor)
        title = f"{number}  {heading.text}" if number else heading.text
        listed = self.document.is_listed(heading.anchor)
        outlined = "" if listed else "outlined: false, bookmarked: true, "
        return (
            f"#heading(level: {heading.level}, {outlined}{string(title)}) {_label(heading.anchor)}"
        )

    def prose(self, prose: Prose) -> str:
        return "".join(map(self.inline, prose))

    def inline(self, part: object) -> str:
        match part:
            case Text(text):
                return said(text)
            case Strong(text):
                return f"#strong({string(text)});"
            case Code(text):
                return f"#raw({string(text)});"
            case Formula(tex):
                pieces = (
                    f"#within({string(spoken.say(row))}, ${typst.write(row)}$);"
                    for row in formulas.pieces(tex)
                )
                return " ".join(pieces)
            case Reference(anchor):
                shown = self.document.shown(part)
                here = anchor in self.document.places
                return f"#link(label({string(anchor)}), {string(shown)});" if here else said(shown)
            case Link(address, shown):
                return f"#link({string(address)}, {string(shown)});"
        return ""

    def equation(self, equation: Equation) -> Iterator[str]:
        number = self.document.number(equation.anchor)
        rows = formulas.lines(equation.formula.tex, self.width - 5)
        whole = formulas.row(equation.formula.tex)
        wide = measuring.prose(equation.note, self.document) + max(map(width.em, rows))
        note = f"[{self.prose(equation.note)}]" if wide + 7 <= self.width else "[]"
        shown = f"[{said(f'({number})')}]" if number else "[]"
        label = _label(equation.anchor) if equation.anchor else ""
        yield f"#shown({displayed(rows, whole)}, {note}, {shown}) {label}"
        if equation.note and note == "[]":
            yield f"#par[{self.prose(equation.note)}]"

    def derivation(self, chain: Derivation) -> Iterator[str]:
        number = self.document.number(chain.anchor)
        shown = f"#h(1fr){said(f'({number})')}" if number else ""
        label = _label(chain.anchor) if chain.anchor else ""
        yield f"#block(sticky: true, above: 1.1em, [#strong({string(chain.name)});{shown}]) {label}"
        rows = formulas.lines(chain.start.tex, self.width - 4)
        yield f"#step(true, [], {displayed(rows, formulas.row(chain.start.tex))}, [])"
        for number_of, line in enumerate(chain.lines, 1):
            yield from self.line(line, number_of < len(chain.lines))
        if chain.checked:
            yield f"#par(text(size: 0.9em, {string(chain.checked)}))"

    def line(self, line: Line, more: bool) -> Iterator[str]:
        """Yield a line; its rule stands beside it, or below it where there is no room."""
        whole = formulas.row(line.formula.tex)
        rows = breaking.lines(whole, self.width - 6)
        room = self.width - 7.5 - max(map(width.em, rows))
        wide = min(measuring.words(line.rule) * 0.9 + 0.5, room)
        beside = wide < room or room >= _ASIDE
        sign = ""
        if line.relation:
            relation = formulas.row(line.relation)
            sign = f"#within({string(spoken.say(relation))}, ${typst.write(relation)}$)"
        aside = f"box(width: {wide:.2f}em, {string(line.rule)})" if beside else "[]"
        hold = "true" if not beside or line.failed or more else "false"
        yield f"#step({hold}, [{sign}], {displayed(rows, whole)}, {aside})"
        if not beside:
            yield f"#below({string(line.rule)})"
        if line.failed:
            color = f"rgb({string(_COLORS['failed'])})"
            yield f"#par(text(fill: {color}, {string(f'Not proved: {line.failed}')}))"

    def table(self, table: Table) -> str:
        found = measuring.table(table, self.document)
        room = self.width + _SPARE - _INSET * len(table.head)
        widths = columns.shares(found.natural, found.least, room)
        caption = ""
        if table.caption:
            caption = f"#block(sticky: true, below: 0.6em, emph({string(table.caption)}))\n"
        if widths is None:
            return caption + "\n".join(self.listed(table))
        widths = columns.fitted(widths, found.least, room)
        sizes = "".join(f"{each + _INSET:.2f}em, " for each in widths)
        head = ", ".join(f"[#strong[{self.prose(self.unlinked(cell))}]]" for cell in table.head)
        cells = ",\n".join(f"[{self.prose(cell)}]" for row in table.rows for cell in row)
        return (
            f"{caption}#[#set par(justify: false, leading: 0.5em)\n"
            '#set text(top-edge: "bounds", bottom-edge: "bounds")\n'
            f"#table(columns: ({sizes}), stroke: none, "
            f"inset: (x: {_INSET / 2}em, y: 0.22em), align: left + horizon,\n"
            f"table.hline(), table.header({head}), table.hline(stroke: 0.5pt),\n"
            f"{cells}{',' if cells else ''}\ntable.hline())]"
        )

    def unlinked(self, prose: Prose) -> Prose:
        """Return it without links: a header is repeated on each page, where PDF/UA has none."""
        shown = {Link: lambda part: part.shown, Reference: self.document.shown}
        return tuple(
            Text(shown[type(part)](part)) if type(part) in shown else part for part in prose
        )

    def listed(self, table: Table) -> Iterator[str]:
        """Write a table that is too wide as a list of its rows."""
        for row in table.rows:
            cells = (
                f'[#strong[{self.prose(name)}#": ";]{self.prose(cell)}]'
                for name, cell in zip(table.head, row, strict=True)
            )
            yield f"#block(list({', '.join(cells)}))"

    def box(self, box: Box) -> str:
        title = box.title or _BOXES[box.kind]
        if title != _BOXES[box.kind]:
            title = f"{_BOXES[box.kind]}. {title}"
        inner = "\n".join(_Writer(self.document, self.width - 1.5).blocks(box.blocks))
        return f"#apart(rgb({string(_COLORS[box.kind])}), {string(title)}, [\n{inner}\n])"


def displayed(rows: tuple[Row, ...], whole: Row) -> str:
    """Return a displayed formula, in lines of which those that follow are indented."""
    first, *more = [typst.write(row) for row in rows]
    inside = " \\\n".join([f"& {first}", *(f"& quad {line}" for line in more)]) if more else first
    return f"formula({string(spoken.say(whole))}, $ {inside} $)"


def _label(anchor: str) -> str:
    return f"#label({string(anchor)})"


def _program(text: str, most: int) -> str:
    lines = [part for line in program(text) for part in cut(drawn(line), most)]
    return f"#block(inset: (left: 1em), raw(block: true, {_quoted(chr(10).join(lines))}))"
