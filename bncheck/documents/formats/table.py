"""The formats by their names; a renderer is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module

from bncheck.documents.model import Document

_HERE = "bncheck.documents.formats"


@dataclass(frozen=True)
class Format:
    """A format. recomputes: it has room for programs that a reader runs"""

    module: str
    suffix: str
    options: Mapping[str, str] = field(default_factory=dict)
    recomputes: bool = False

    def render(self, document: Document) -> str | bytes:
        """Return the document: text, or the bytes of a format that is no text."""
        made = import_module(f"{_HERE}.{self.module}").render(document, **self.options)
        if not isinstance(made, str | bytes):
            raise TypeError(f"{self.module} rendered {type(made).__name__}")
        return made


FORMATS = {
    "text": Format("text", ".txt"),
    "markdown": Format("markdown", ".md"),
    "myst": Format("markdown", ".md", {"dialect": "myst"}),
    "latex": Format("latex", ".tex"),
    "typst": Format("typst", ".typ"),
    "pdf": Format("pdf", ".pdf"),
    "html": Format("html", ".html"),
    "notebook": Format("notebook", ".ipynb", recomputes=True),
}
