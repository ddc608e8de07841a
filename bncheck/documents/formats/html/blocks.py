"""Blocks of a document as elements of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bncheck.documents.formats import formulas, measuring
from bncheck.documents.formats.characters import program, readable
from bncheck.documents.formats.html import maths
from bncheck.documents.formats.html.markup import escaped, tag
from bncheck.documents.formats.numbering import Numbered, words
from bncheck.documents.model import (
    Block,
    Box,
    Code,
    Derivation,
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

_BOXES = {"remark": "Remark", "practice": "In practice", "answer": "Answer", "failed": "Not proved"}
# in em: what stands before a formula, how wide one may be that has words
# beside it, a box, and what of a table a phone has room for
_STEP, _BESIDE, _BOX, _PHONE = 2.0, 25.0, 1.2, 17.0
_ROLES: Mapping[str, Mapping[str, str]] = {
    "table": {"role": "table", "class_": "stacked"},
    "thead": {"role": "rowgroup"},
    "tr": {"role": "row"},
    "th": {"role": "columnheader"},
}
"""What parts of a table say of themselves where a phone shows it as a list."""
_SCHEMES = ("http:", "https:", "mailto:")


@dataclass(frozen=True)
class Writer:
    """Writes blocks.

    level: of the highest heading; prefix: what all anchors begin with; less: what the boxes that
    we are in take of the width, in em
    """

    document: Numbered
    level: int = 2
    prefix: str = ""
    less: float = 0.0

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """Yield the elements of blocks."""
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        """Yield the elements of one block."""
        match block:
            case Heading():
                yield self.heading(block)
            case Paragraph(prose, label):
                start = tag("strong", f"{escaped(label)}.") + " " if label else ""
                yield tag("p", start + self.prose(prose))
            case Items(items, ordered):
                inside = "".join(tag("li", self.prose(item)) for item in items)
                yield tag("ol" if ordered else "ul", inside)
            case Equation():
                yield self.equation(block)
            case Derivation():
                yield self.derivation(block)
            case Table():
                yield self.table(block)
            case Program(text, language):
                yield tag("pre", tag("code", _kept(text)), class_=escaped(language))
            case Box():
                yield self.box(block)

    def heading(self, heading: Heading) -> str:
        """Return a heading with its number."""
        number = self.document.number(heading.anchor)
        shown = tag("span", escaped(number), class_="number") + " " if number else ""
        name = f"h{min(self.level + heading.level - 1, 6)}"
        return tag(name, shown + escaped(heading.text), id=self.prefix + heading.anchor)

    def prose(self, prose: Prose) -> str:
        """Return prose as markup."""
        return "".join(map(self.inline, prose))

    def inline(self, part: object) -> str:
        """Return one part of prose as markup."""
        match part:
            case Text(text):
                return escaped(text)
            case Strong(text):
                return tag("strong", escaped(text))
            case Code(text):
                return tag("code", escaped(text))
            case Formula(tex):
                return maths.inline(tex)
            case Reference(anchor):
                shown = escaped(self.document.shown(part))
                here = anchor in self.document.places
                return tag("a", shown, href=f"#{self.prefix}{anchor}") if here else shown
            case Link(address, shown):
                if not address.lower().startswith(_SCHEMES):
                    return escaped(shown)
                return tag("a", escaped(shown), href=readable(address))
        return ""

    def equation(self, equation: Equation) -> str:
        """Return a displayed formula, its number, and its note."""
        number = self.document.number(equation.anchor)
        shown = self.displayed(equation.formula.tex, 3.0 if number else 0.0)
        shown += tag("span", self.prose(equation.note), class_="note") if equation.note else ""
        shown += tag("span", f"({escaped(number)})", class_="no") if number else ""
        anchor = self.prefix + equation.anchor if equation.anchor else ""
        under = equation.note and formulas.em(equation.formula.tex) > _BESIDE - self.less
        return tag("div", shown, class_="equation under" if under else "equation", id=anchor)

    def displayed(self, tex: str, less: float) -> str:
        """Return a displayed formula. less: what else takes of the width, in em"""
        return maths.displayed(tex, less + self.less)

    def derivation(self, chain: Derivation) -> str:
        """Return a derivation: its name, a line for each step, how it was checked."""
        number = self.document.number(chain.anchor)
        name = tag("strong", escaped(chain.name))
        name += tag("span", f"({escaped(number)})", class_="no") if number else ""
        steps = [_step("", self.displayed(chain.start.tex, _STEP), "")]
        steps += [self.line(line) for line in chain.lines]
        return tag(
            "div",
            tag("p", name, class_="name")
            + "\n".join(steps)
            + (tag("p", escaped(chain.checked), class_="checked") if chain.checked else ""),
            class_="derivation",
            id=self.prefix + chain.anchor if chain.anchor else "",
        )

    def line(self, line: Line) -> str:
        """Return one line of a derivation, and what is wrong with it where something is."""
        relation = maths.inline(line.relation) if line.relation else ""
        shown = _step(
            relation,
            self.displayed(line.formula.tex, _STEP),
            escaped(line.rule),
            under=formulas.em(line.formula.tex) > _BESIDE - self.less,
        )
        if not line.failed:
            return shown
        told = tag("strong", "Not proved:") + " " + escaped(line.failed)
        return shown + tag("p", told, class_="wrong")

    def table(self, table: Table) -> str:
        """Return a table; where it is wide, each cell knows its head, which a phone shows there.

        There it is no table to a browser any more, so that its parts say what they are.
        """
        wide = sum(measuring.table(table, self.document).natural) > _PHONE
        roles = _ROLES if wide else {}
        caption = tag("caption", escaped(table.caption)) if table.caption else ""
        head = "".join(
            tag("th", self.prose(cell), scope="col", **roles.get("th", {})) for cell in table.head
        )
        names = [words(cell, self.document) if wide else None for cell in table.head]
        rows = "\n".join(
            tag("tr", "".join(map(self.cell, names, row)), **roles.get("tr", {}))
            for row in table.rows
        )
        body = tag("thead", tag("tr", head, **roles.get("tr", {})), **roles.get("thead", {}))
        body += tag("tbody", rows, **roles.get("thead", {}))
        whole = tag("table", caption + body, **roles.get("table", {}))
        return tag("div", whole, class_="table")

    def cell(self, name: str | None, cell: Prose) -> str:
        """Return a cell, with the head of its column where a phone shows that."""
        if name is None:
            return tag("td", self.prose(cell))
        return tag("td", self.prose(cell), role="cell", data_head=readable(name))

    def box(self, box: Box) -> str:
        """Return a box; an answer is folded away."""
        title = escaped(box.title) or _BOXES[box.kind]
        inside = replace(self, less=self.less + _BOX)
        inner = "\n".join(inside.blocks(box.blocks))
        if box.kind == "answer":
            return tag("details", tag("summary", title) + inner, class_="box answer")
        kind = "" if title == _BOXES[box.kind] else f"{_BOXES[box.kind]}. "
        named = tag("p", tag("strong", kind + title))
        return tag("div", named + inner, class_=f"box {box.kind}", role="note")


def _step(relation: str, formula: str, rule: str, under: bool = False) -> str:
    told = tag("span", rule, class_="rule") if rule else ""
    inside = tag("span", relation, class_="relation") + formula + told
    return tag("div", inside, class_="step under" if under else "step")


def _kept(text: str) -> str:
    shown = "\n".join(program(text))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
