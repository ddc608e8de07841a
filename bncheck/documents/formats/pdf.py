"""Renders a document as PDF/UA: the same bytes on every machine, as all fonts are Typst's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from bncheck.documents.formats import typst as source
from bncheck.documents.formats.packing import packed
from bncheck.documents.model import Document
from bncheck.errors import UsageError

STANDARD: Final = "ua-1"
MISSING = "PDF needs Typst; install it with pip install 'bncheck[documents]'"


def render(document: Document) -> bytes:
    """Return the document as a PDF.

    Raises UsageError where Typst is not installed.
    """
    return compiled(source.render(document))


def available() -> None:
    """Raise UsageError where Typst is not installed: said before the work and not after it."""
    try:
        import typst  # noqa: F401, PLC0415 # only PDF needs it
    except ImportError:
        raise UsageError(MISSING) from None


def compiled(text: str) -> bytes:
    """Compile Typst source, without the fonts, the clock and the network of this machine."""
    available()
    import typst  # noqa: PLC0415 # only PDF needs it

    compiler = typst.Compiler(ignore_system_fonts=True)
    made = compiler.compile(
        input=text.encode("utf-8"),
        format="pdf",
        timestamp=datetime.fromtimestamp(0, UTC),
        pdf_standards=[STANDARD],
    )
    if not isinstance(made, bytes):
        raise TypeError(f"Typst made {type(made).__name__} of a document, not bytes")
    return packed(made)
