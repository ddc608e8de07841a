"""Renders a document as Markdown: in the dialect of GitHub, of MyST (Sphinx), or of notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bncheck.documents.formats import formulas
from bncheck.documents.formats.characters import kept, program, readable
from bncheck.documents.formats.dialects import GITHUB, MYST, NOTEBOOK, Dialect, aligned, tex
from bncheck.documents.formats.escaped_markdown import code, escaped, fence, opening
from bncheck.documents.formats.numbering import Numbered, numbered
from bncheck.documents.formulas import breaking
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

DIALECTS = {"github": GITHUB, "myst": MYST, "notebook": NOTEBOOK}
WIDTH = 40.0
"""Of a line of formulas, in em."""
_BOXES = {"remark": "Remark", "practice": "In practice", "answer": "Answer", "failed": "Not proved"}


def render(document: Document, dialect: str = "github") -> str:
    """Return the document as Markdown."""
    found = numbered(document)
    writer = Writer(found, DIALECTS[dialect])
    parts = [*writer.title(), *writer.blocks(found.document.blocks)]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True)
class Writer:
    """Writes blocks in one dialect, each as lines without an empty one around them."""

    document: Numbered
    dialect: Dialect

    def title(self) -> Iterator[str]:
        """Yield the title, and the table of contents where there is one."""
        document = self.document.document
        yield f"# {escaped(document.title) or '(untitled)'}"
        if document.subtitle:
            yield opening(escaped(document.subtitle))
        entries = [
            "  " * (entry.level - 1)
            + f"- {self.link(entry.anchor, self._named(entry.number, entry.title))}"
            for entry in self.document.contents
        ]
        if entries:
            yield "\n".join(entries)

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """Yield blocks; there is an empty line between any two."""
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        """Yield the parts of one block."""
        match block:
            case Heading(text, level, anchor):
                yield self.dialect.target(anchor)
                number = self.document.number(anchor)
                yield f"{'#' * min(level + 1, 6)} {self._named(number, text) or '(untitled)'}"
            case Paragraph(prose, label):
                start = f"**{escaped(label)}.** " if label.strip() else ""
                yield start + self.prose(prose) if start else opening(self.prose(prose))
            case Items(items, ordered):
                marks = (f"{n}. " if ordered else "- " for n in range(1, len(items) + 1))
                yield "\n".join(
                    mark + opening(self.prose(x)) for mark, x in zip(marks, items, strict=False)
                )
            case Equation():
                yield from self.equation(block)
            case Derivation():
                yield from self.derivation(block)
            case Table():
                yield from self.table(block)
            case Program(text, language):
                yield _program(text, language)
            case Box(kind, title, inner):
                yield from self.box(kind, title, inner)

    def _named(self, number: str, title: str) -> str:
        return f"{number} {escaped(title)}".strip() if number else opening(escaped(title)).strip()

    def prose(self, prose: Prose) -> str:
        """Return prose on one line."""
        return "".join(map(self.inline, prose)).strip()

    def inline(self, part: object) -> str:
        """Return one part of prose."""
        match part:
            case Text(text):
                return escaped(text)
            case Strong(text):
                return f"**{escaped(text).strip()}**" if text.strip() else escaped(text)
            case Code(text):
                return code(readable(text))
            case Formula(formula):
                return self.dialect.inline(tex(formulas.row(formula)))
            case Reference(anchor):
                return self.link(anchor, escaped(self.document.shown(part)))
            case Link(address, shown):
                return f"[{escaped(shown)}](<{_address(address)}>)"
        return ""

    def link(self, anchor: str, shown: str) -> str:
        """Return a link to an anchor, where the document has it."""
        return f"[{shown}](#{anchor})" if anchor in self.document.places else shown

    def equation(self, equation: Equation) -> Iterator[str]:
        """Yield a displayed formula with its number, and its note below it."""
        if equation.anchor:
            yield self.dialect.target(equation.anchor)
        yield self.displayed(equation.formula.tex, self.document.number(equation.anchor))
        if equation.note:
            yield opening(self.prose(equation.note))

    def displayed(self, formula: str, number: str = "") -> str:
        """Return a formula that is displayed, in as many lines as it needs."""
        lines = [tex(row) for row in formulas.lines(formula, WIDTH)]
        return self.dialect.display(aligned(lines), number)

    def derivation(self, chain: Derivation) -> Iterator[str]:
        """Yield a derivation: each formula, with its rule below it."""
        if chain.anchor:
            yield self.dialect.target(chain.anchor)
        number = self.document.number(chain.anchor)
        name = f"**{escaped(chain.name).strip()}**" if chain.name.strip() else ""
        if name or number:
            yield f"{name} ({number})".strip() if number else name
        yield self.displayed(chain.start.tex)
        for line in chain.lines:
            yield from self.line(line)
        if chain.checked.strip():
            yield opening(escaped(chain.checked))

    def line(self, line: Line) -> Iterator[str]:
        """Yield a line of a derivation, its rule first: it says how to come there."""
        yield opening(f"*{escaped(line.rule).strip()}:*" if line.rule.strip() else "*then:*")
        rows = breaking.lines(formulas.row(line.formula.tex), WIDTH - 2)
        sign = tex(formulas.row(line.relation)) if line.relation else ""
        first, *more = [tex(row) for row in rows]
        yield self.dialect.display(aligned([f"{sign} {first}".strip(), *more]), "")
        if line.failed:
            yield f"**Not proved:** {escaped(line.failed).strip()}"

    def table(self, table: Table) -> Iterator[str]:
        """Yield a table."""
        if table.caption:
            yield opening(f"*{escaped(table.caption).strip()}*")
        head, *rows = [
            [_cell(self.prose(cell)) for cell in row] for row in (table.head, *table.rows)
        ]
        lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
        yield "\n".join(lines)

    def box(self, kind: str, title: str, inner: tuple[Block, ...]) -> Iterator[str]:
        """Yield a box: a quotation, or what folds out where it is an answer."""
        said = escaped(title or _BOXES[kind]).strip()
        if kind == "answer" and self.dialect.folds:
            yield f"<details>\n<summary>{html(title or _BOXES[kind])}</summary>"
            yield from self.blocks(inner)
            yield "</details>"
            return
        if said != _BOXES[kind]:
            said = f"{_BOXES[kind]}. {said}"
        whole = "\n\n".join([f"**{said}**", *self.blocks(inner)])
        yield "\n".join(f"> {line}".rstrip() for line in whole.split("\n"))


def html(text: str) -> str:
    """Escape text for HTML within Markdown."""
    text = readable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.strip() or "Answer"


def _program(text: str, language: str) -> str:
    lines = program(text)
    marks = fence(lines)
    return "\n".join([f"{marks}{language if language.isalnum() else 'text'}", *lines, marks])


def _address(address: str) -> str:
    signs = {"<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"}
    return "".join(signs.get(sign, sign) for sign in kept(readable(address)))


def _cell(shown: str) -> str:
    r"""Return what stands in a cell: of ``|``, tables of GitHub read ``\|``, also within code."""
    return shown.replace("\\|", "\x00").replace("|", "\\|").replace("\x00", "\\|")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
