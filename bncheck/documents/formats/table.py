"""The formats by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bncheck.documents.formats import html, latex, markdown, notebook, pdf, text, typst
from bncheck.documents.model import Document


@dataclass(frozen=True)
class Format:
    """A format. recomputes: it has room for programs that a reader runs"""

    suffix: str
    render: Callable[[Document], str | bytes]
    binary: bool = False
    recomputes: bool = False


FORMATS = {
    "text": Format(".txt", text.render),
    "markdown": Format(".md", markdown.render),
    "myst": Format(".md", partial(markdown.render, dialect="myst")),
    "latex": Format(".tex", latex.render),
    "typst": Format(".typ", typst.render),
    "pdf": Format(".pdf", pdf.render, binary=True),
    "html": Format(".html", html.render),
    "notebook": Format(".ipynb", notebook.render, recomputes=True),
}
