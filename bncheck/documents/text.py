"""Renders a document as plain text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from bncheck.documents.model import Block, Derivation, Document, Heading, Paragraph, Verbatim


def render(document: Document) -> str:
    """Return the document as ASCII text."""
    return "\n".join(line for block in document.blocks for line in _lines(block)) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield from (text, ("=" if level == 1 else "-") * len(text), "")
        case Paragraph(text, label):
            yield from (f"{label}: {text}" if label else text, "")
        case Verbatim(text, label):
            yield from ([f"{label}:"] if label else [])
            yield from (f"    {line}" if line else "" for line in text.splitlines())
            yield ""
        case Derivation(name, start, lines, relation):
            yield from (f"{name}:", f"      {start.text}")
            for line in lines:
                yield f"    {relation} {line.formula.text}"
                yield f"          [{line.rule}; checked: {line.checked}]"
            yield ""
