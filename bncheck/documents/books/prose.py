r"""Words of a data file -> blocks of a document.

In a text, ``$...$`` is a formula, a text between backquotes is code, ``*...*`` matters, ``[B03]``
refers to a theorem and ``{missing-gamma}`` to a deviation. Paragraphs are parted by empty lines;
one that is ``$$...$$`` alone is a displayed formula, lines that begin with ``- `` are a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bncheck.documents.model import (
    Block,
    Code,
    Equation,
    Formula,
    Inline,
    Items,
    Paragraph,
    Prose,
    Reference,
    Strong,
    Text,
)

MARKS = re.compile(
    r"(\$\$?)(?P<formula>[^$]+)\1"
    r"|`(?P<code>[^`]+)`"
    r"|\*(?P<strong>[^*]+)\*"
    r"|\[(?P<theorem>[A-Z][0-9]{2}[a-z]?)\]"
    r"|\{(?P<deviation>[a-z0-9.-]+)\}"
)
_DISPLAY = re.compile(r"\$\$(.+)\$\$", re.DOTALL)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks that a text means."""
    for part in re.split(r"\n\s*\n", text.strip()):
        display = _DISPLAY.fullmatch(part.strip())
        if not part.strip():
            continue
        if display:
            yield Equation(Formula(" ".join(display[1].split())))
        elif part.lstrip().startswith("- "):
            items = re.split(r"(?:^|\n)\s*- ", part.strip())
            yield Items(tuple(inline(item) for item in items if item.strip()))
        else:
            yield Paragraph(inline(part))


def inline(text: str) -> Prose:
    """Return what stands in a line: words, and what is marked among them."""
    return tuple(_parts(" ".join(text.split())))


def formulas(text: str) -> Iterator[str]:
    """Yield every formula of a text, displayed or in a line."""
    for found in re.finditer(r"\$\$(.+?)\$\$|\$([^$]+)\$", text, re.DOTALL):
        yield " ".join((found[1] or found[2]).split())


def theorem(name: str) -> Reference:
    """Return a reference to a theorem, or to the law that states the same."""
    return Reference(f"theorem-{name}", name)


def _parts(text: str) -> Iterator[Inline]:
    at = 0
    for found in MARKS.finditer(text):
        if found.start() > at:
            yield Text(text[at : found.start()])
        yield _marked(str(found.lastgroup), found[str(found.lastgroup)])
        at = found.end()
    if at < len(text):
        yield Text(text[at:])


def _marked(kind: str, text: str) -> Inline:
    if kind == "formula":
        return Formula(text)
    if kind == "code":
        return Code(text)
    if kind == "strong":
        return Strong(text)
    if kind == "theorem":
        return theorem(text)
    return Reference(f"deviation-{text}", text)
