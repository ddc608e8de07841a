"""Renders a document as one HTML file: formulas as MathML, the font inside, no script.

page       the whole file: title, contents, style, and a policy that lets nothing in
blocks     what the document is made of
maths      formulas, which are broken where the window is narrow
look       the style and the font, for pages and for fragments in other pages
"""

from __future__ import annotations

from bncheck.documents.formats.html.blocks import Writer
from bncheck.documents.formats.html.page import page
from bncheck.documents.formats.numbering import numbered
from bncheck.documents.model import Block, Document

# em: what pages of others have around a fragment
_AROUND = 3.0


def render(document: Document) -> str:
    """Return the document as one HTML page."""
    return page(numbered(document))


def fragment(blocks: tuple[Block, ...], level: int, prefix: str) -> str:
    """Return blocks as markup for a page of others, which needs `look.of_fragments`.

    level: of the highest heading; prefix: what all anchors begin with
    """
    found = numbered(Document("", blocks))
    writer = Writer(found, level, prefix, _AROUND)
    return "\n".join(writer.blocks(found.document.blocks))
