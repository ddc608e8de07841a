"""A PDF with its objects in compressed streams is the same document, and smaller."""

import pytest
from sample_documents import EVERYTHING

from bncheck.documents.formats import pdf, typst
from bncheck.documents.formats.packing import packed


@pytest.fixture(scope="module")
def plain():
    """The PDF as Typst writes it."""
    compiler = pytest.importorskip("typst").Compiler(ignore_system_fonts=True)
    source = typst.render(EVERYTHING).encode("utf-8")
    return compiler.compile(input=source, format="pdf", pdf_standards=[pdf.STANDARD])


def words(content):
    pdfium = pytest.importorskip("pypdfium2")
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(content)]


def test_it_is_smaller_and_says_the_same(plain):
    small = packed(plain)
    assert len(small) < 0.8 * len(plain)
    assert words(small) == words(plain)
    assert b"/ObjStm" in small
    assert b"/StructElem" not in small


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nsomething else", b"startxref\n9\n%%EOF"])
def test_what_is_written_otherwise_stays_as_it_is(content):
    assert packed(content) == content
