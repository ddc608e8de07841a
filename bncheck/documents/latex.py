"""Renders a document as LaTeX source that compiles with a plain installation."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.documents.model import Block, Derivation, Document, Heading, Paragraph, Verbatim

HEAD = r"""\documentclass{article}
\usepackage{amsmath,amssymb}
\usepackage[margin=2cm]{geometry}
\allowdisplaybreaks
\begin{document}
"""
FOOT = "\\end{document}\n"

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: "\\" + sign for sign in "_$&#%"},
}


def render(document: Document) -> str:
    """Return the document as LaTeX source."""
    body = "\n".join(line for block in document.blocks for line in _lines(block))
    return f"{HEAD}{body}\n{FOOT}"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            command = "section*" if level == 1 else "subsection*"
            yield rf"\{command}{{{_escaped(text)}}}"
        case Paragraph(text, label):
            yield from (_label(label) + _escaped(text), "")
        case Verbatim(text, label):
            yield from (_label(label), r"\begin{verbatim}", text, r"\end{verbatim}")
        case Derivation(name, start, lines, relation):
            yield from (_label(name), r"\begin{align*}", f"& {start.latex}")
            for line in lines:
                yield rf"\\ {relation}\; & {line.formula.latex} \\"
                yield rf"& \quad\text{{\small [{_escaped(line.rule)}; {_escaped(line.checked)}]}}"
            yield r"\end{align*}"


def _label(label: str) -> str:
    return rf"\noindent\textbf{{{_escaped(label)}.}} " if label else ""


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(sign, sign) for sign in text)
