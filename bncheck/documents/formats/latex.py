"""Renders a document as LaTeX source that compiles with a plain installation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bncheck.documents.formats import columns, formulas, measuring
from bncheck.documents.formats.characters import ascii_only, cut, program, readable
from bncheck.documents.formats.escaped_latex import escaped, typed
from bncheck.documents.formats.numbering import Numbered, numbered
from bncheck.documents.formulas import breaking, latex, width
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

HEAD = r"""\documentclass[a4paper,11pt]{%s}
\usepackage{amsmath,amssymb,longtable}
\usepackage[margin=2.4cm]{geometry}
\usepackage[hidelinks]{hyperref}
\hypersetup{pdftitle={%s}}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\setlength{\emergencystretch}{3em}
\setlength{\LTleft}{0pt}
\setcounter{secnumdepth}{-2}
\setcounter{tocdepth}{1}
\allowdisplaybreaks
\sloppy
\renewcommand{\labelitemi}{$\bullet$}
%s
\begin{document}
"""
WIDTH = 40.0
"""Of the page, in em: 162 mm at 11 points are 42."""
_ASIDE = 12.0  # em: a rule is folded beside its formula where there is so much room
_TYPED = 76  # signs of a typewriter font beside one another
_LEVELS = ("section", "subsection", "subsubsection", "paragraph")
_BOXES = {"remark": "Remark", "practice": "In practice", "answer": "Answer", "failed": "Not proved"}


def render(document: Document) -> str:
    """Return the document as LaTeX source, in ASCII."""
    found = numbered(document)
    writer = _Writer(found)
    kind = "report" if document.contents else "article"
    head = HEAD % (kind, escaped(ascii_only(document.title)), latex.MARK)
    body = "\n".join([*writer.title(), *writer.blocks(found.document.blocks)])
    return f"{head}{body}\n\\end{{document}}\n"


@dataclass(frozen=True)
class _Writer:
    document: Numbered
    width: float = WIDTH

    def title(self) -> Iterator[str]:
        document = self.document.document
        yield rf"{{\raggedright\LARGE\bfseries {escaped(document.title)}\par}}"
        if document.subtitle:
            yield rf"{{\raggedright\large {escaped(document.subtitle)}\par}}"
        if document.contents:
            yield "\\tableofcontents\n\\clearpage"

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        for block in blocks:
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                yield self.heading(block)
            case Paragraph(prose, label):
                start = rf"\textbf{{{escaped(label)}.}} " if label else ""
                yield f"{start}{self.prose(prose)}\n"
            case Items(items, ordered):
                kind = "enumerate" if ordered else "itemize"
                inside = [rf"\item {{}}{self.prose(item)}" for item in items]
                yield (
                    "\n".join([rf"\begin{{{kind}}}", *inside, rf"\end{{{kind}}}"]) if items else ""
                )
            case Equation():
                yield from self.equation(block)
            case Derivation():
                yield from self.derivation(block)
            case Table():
                yield from self.table(block)
            case Program(text):
                yield from _program(text, self.width / WIDTH)
            case Box(kind, title, inner):
                yield from self.box(kind, title, inner)

    def heading(self, heading: Heading) -> str:
        """Return a heading, with its number as everywhere else, and its label."""
        number = self.document.number(heading.anchor)
        title = f"{number}\\quad {escaped(heading.text)}" if number else escaped(heading.text)
        levels = ("chapter", *_LEVELS) if self.document.document.contents else _LEVELS
        command = levels[min(heading.level, len(levels)) - 1]
        plain = ascii_only(readable(f"{number} {heading.text}".strip()))
        marked = rf"\texorpdfstring{{{title}}}{{{escaped(plain)}}}"
        if self.document.is_listed(heading.anchor):
            return f"\\{command}{{{marked}}}{_label(heading.anchor)}"
        return f"\\{command}*{{{marked}}}\\phantomsection{_label(heading.anchor)}"

    def prose(self, prose: Prose) -> str:
        return "".join(map(self.inline, prose)).strip()

    def inline(self, part: object) -> str:
        match part:
            case Text(text):
                return escaped(text)
            case Strong(text):
                return rf"\textbf{{{escaped(text)}}}"
            case Code(text):
                return rf"\texttt{{{typed(readable(text), breaks=True)}}}"
            case Formula(tex):
                return " ".join(f"${latex.write(row)}$" for row in formulas.pieces(tex))
            case Reference(anchor):
                shown = escaped(self.document.shown(part))
                here = anchor in self.document.places
                return rf"\hyperref[{anchor}]{{{shown}}}" if here else shown
            case Link(address, shown):
                return rf"\href{{{_address(address)}}}{{{escaped(shown)}}}"
        return ""

    def equation(self, equation: Equation) -> Iterator[str]:
        number = self.document.number(equation.anchor)
        room = self.width - (4 if number else 1)
        rows = formulas.lines(equation.formula.tex, room)
        lines = [latex.write(row) for row in rows]
        said = measuring.prose(equation.note, self.document)
        beside = bool(equation.note) and said + 2 + width.em(rows[0]) <= room
        note = rf"\small {self.prose(equation.note)}\quad{{}}" if beside else ""
        shown = f"{note}\\normalsize({number})" if number else note
        tag = rf" \tag*{{{shown}}}{_label(equation.anchor)}" if shown else ""
        yield _aligned([f"& {lines[0]}{tag}", *(rf"& \quad {x}" for x in lines[1:])])
        if equation.note and not beside:
            yield f"{self.prose(equation.note)}\n"

    def derivation(self, chain: Derivation) -> Iterator[str]:
        number = self.document.number(chain.anchor)
        shown = rf"\hfill({number})" if number else ""
        label = rf"\phantomsection{_label(chain.anchor)}" if chain.anchor else ""
        yield rf"{label}\textbf{{{escaped(chain.name)}}}{shown}\nopagebreak" + "\n"
        lines = [latex.write(row) for row in formulas.lines(chain.start.tex, self.width - 2)]
        rows = [f"& {lines[0]}", *(rf"& \quad {x}" for x in lines[1:])]
        for line in chain.lines:
            rows += self.line(line)
        yield _aligned(rows)
        if chain.checked:
            yield rf"{{\small {escaped(chain.checked)}\par}}" + "\n"

    def line(self, line: Line) -> Iterator[str]:
        """Yield the rows of a line: its rule stands beside the last, or below it."""
        sign = latex.write(formulas.row(line.relation)) if line.relation else ""
        found = breaking.lines(formulas.row(line.formula.tex), self.width - 5)
        rows = [latex.write(row) for row in found]
        shown = [rf"&{sign}\; {rows[0]}", *(rf"& \qquad {x}" for x in rows[1:])]
        free = self.width - 7 - width.em(found[-1])
        said = rf"\small\itshape {escaped(line.rule)}"
        if measuring.words(line.rule) * 0.95 <= free:
            shown[-1] += rf" \tag*{{{said}}}"
        elif line.rule and free >= _ASIDE:
            shown[-1] += rf" \tag*{{\parbox{{{free:.1f}em}}{{\raggedleft {said}}}}}"
        elif line.rule:
            shown.append(self.aside(said))
        if line.failed:
            shown.append(self.aside(rf"\bfseries Not proved: {escaped(line.failed)}"))
        yield from shown

    def aside(self, said: str) -> str:
        return rf"& \qquad\parbox[t]{{{0.85 * self.width:.1f}em}}{{\raggedright {said}}}"

    def table(self, table: Table) -> Iterator[str]:
        found = measuring.table(table, self.document)
        room = self.width - 1.1 * len(table.head)
        widths = columns.shares(found.natural, found.least, room)
        if table.caption:
            yield rf"\textit{{{escaped(table.caption)}}}\nopagebreak" + "\n"
        if widths is None:
            yield from self.listed(table)
            return
        widths = columns.fitted(widths, found.least, room)
        spec = "".join(rf"p{{{each:.2f}em}}" for each in widths)
        head, *rows = [
            " & ".join(rf"\raggedright {self.prose(cell)}" for cell in row) + r" \tabularnewline"
            for row in (table.head, *table.rows)
        ]
        yield rf"{{\setlength{{\tabcolsep}}{{0.5em}}\begin{{longtable}}{{@{{}}{spec}@{{}}}}"
        yield rf"\hline {head} \hline \endhead"
        yield from rows
        yield r"\hline \end{longtable}}"

    def listed(self, table: Table) -> Iterator[str]:
        """Write a table that is too wide as a list of its rows."""
        names = [self.prose(cell) for cell in table.head]
        for row in table.rows:
            cells = zip(names, map(self.prose, row), strict=True)
            yield r" \\ ".join(rf"\textbf{{{name}:}} {cell}" for name, cell in cells) + "\n"

    def box(self, kind: str, title: str, inner: tuple[Block, ...]) -> Iterator[str]:
        said = title or _BOXES[kind]
        if said != _BOXES[kind]:
            said = f"{_BOXES[kind]}. {said}"
        narrower = _Writer(self.document, self.width - 4.5)
        yield r"\begin{quote}\hrule\smallskip"
        yield rf"\textbf{{{escaped(said)}}}" + "\n"
        yield from narrower.blocks(inner)
        yield r"\par\smallskip\hrule\end{quote}"


def _aligned(rows: list[str]) -> str:
    inside = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{inside}\n\\end{{align*}}"


def _label(anchor: str) -> str:
    return rf"\label{{{anchor}}}" if anchor else ""


def _address(address: str) -> str:
    shown = ascii_only(readable(address))
    for sign in "%\\{}^ ":
        shown = shown.replace(sign, f"%{ord(sign):02X}")
    return shown.replace("%", r"\%").replace("#", r"\#").replace("&", r"\&").replace("~", r"\~{}")


def _program(text: str, share: float) -> Iterator[str]:
    """Write lines as they are: not as verbatim, which what is in them could end."""
    yield r"{\ttfamily\small\raggedright"
    most = int(_TYPED * share)
    for line in program(text):
        for part in cut(ascii_only(line), most):
            yield rf"\mbox{{}}{typed(part)}\\"
    yield r"\par}"
