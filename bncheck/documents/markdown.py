"""Renders a document as Markdown, with formulas as GitHub renders them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.documents.model import Block, Derivation, Document, Heading, Paragraph, Verbatim

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#$])")


def render(document: Document) -> str:
    """Return the document as Markdown."""
    return "\n".join(line for block in document.blocks for line in _lines(block)) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield from ("#" * level + " " + _escaped(text), "")
        case Paragraph(text, label):
            yield from ((f"**{label}.** " if label else "") + _escaped(text), "")
        case Verbatim(text, label):
            yield from ([f"**{label}.**", ""] if label else [])
            yield from ("```text", text, "```", "")
        case Derivation(name, start, lines, relation):
            yield from (f"**{_escaped(name)}**", "")
            # a fenced math block: nothing in the formula is taken for Markdown
            yield from ("```math", start.latex, "```", "")
            for line in lines:
                yield from ("```math", f"{relation} {line.formula.latex}", "```", "")
                yield from (f"*{_escaped(line.rule)}* (checked: {_escaped(line.checked)})", "")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
