"""PDF: it compiles as PDF/UA, the same bytes each time, and says what the document says."""

import hashlib
import subprocess
import sys
from importlib.util import find_spec

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sample_documents import EVERYTHING, NASTY

from bncheck.documents.formats import pdf
from bncheck.documents.model import (
    Code,
    Document,
    Heading,
    Items,
    Link,
    Paragraph,
    Program,
    Strong,
    Table,
    Text,
)
from bncheck.errors import UsageError

needs_typst = pytest.mark.skipif(find_spec("typst") is None, reason="Typst is not installed")
DIGEST = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from sample_documents import EVERYTHING
from bncheck.documents.formats import pdf
print(hashlib.sha256(pdf.render(EVERYTHING)).hexdigest())
"""


@pytest.fixture(scope="module")
def pages():
    """The words of each page, as another library reads them."""
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument(pdf.render(EVERYTHING))
    return [page.get_textpage().get_text_range() for page in document]


def close(text):
    return "".join(text.split())


@needs_typst
def test_the_pages_say_what_the_document_says(pages):
    whole = "".join("".join(pages).split())
    assert "".join([r"\end{document}", r"#quote[q]", r"</script>"]) in whole
    assert "thedefinition(1.1)" in whole
    assert whole.count("row59&morewords") == 2  # in two tables
    assert "Notproved:atm=2theleftsideis1" in whole


@needs_typst
def test_no_heading_stands_at_the_foot_of_a_page():
    pdfium = pytest.importorskip("pypdfium2")
    for before in range(0, 60, 3):
        fill = tuple(Paragraph((Text("words"),)) for _ in range(before))
        blocks = (*fill, Heading("The heading", 1), Paragraph((Text("what follows"),)))
        document = pdfium.PdfDocument(pdf.render(Document("t", blocks)))
        for page in document:
            words = page.get_textpage().get_text_range()
            assert ("The heading" in words) == ("what follows" in words)


@needs_typst
def test_another_process_makes_the_same_bytes():
    import sample_documents

    folder = sample_documents.__file__.rpartition("/")[0]
    command = [sys.executable, "-c", DIGEST, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.strip() == hashlib.sha256(pdf.render(EVERYTHING)).hexdigest()


@needs_typst
@settings(max_examples=60, deadline=None)
@given(st.text())
@example("\x1f\x1f!\x1f\x1f\x1f!\x1f\x1f!\x1f\x1f!\x1f")  # a header with a link, on two pages
def test_any_text_compiles(text):
    prose = (Text(text), Strong(text), Code(text), Link("https://a.b", text))
    table = Table((prose, prose), ((prose, prose),), text)
    blocks = (Heading(text, 1), Paragraph(prose, text), Items((prose,)), table, Program(text, text))
    assert pdf.render(Document(text, blocks, text, contents=True)).startswith(b"%PDF")


@needs_typst
def test_text_is_read_back():
    pdfium = pytest.importorskip("pypdfium2")
    made = pdf.render(Document("t", (Paragraph((Text(NASTY),)),)))
    words = "".join(pdfium.PdfDocument(made)[0].get_textpage().get_text_range().split())
    assert (
        "".join(
            [
                "100%",
                "of",
                "$5",
                "&",
                "#1_a",
                "{b}",
                "~c",
                "^d",
                "\\e",
                "<i>f</i>",
                "*g*",
                "_h_",
                "`i`",
                "[j](k)",
                "|l|",
            ]
        )
        in words
    )


def test_without_typst_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match=r"^PDF needs Typst; install it with pip install 'bncheck"):
        pdf.render(EVERYTHING)
