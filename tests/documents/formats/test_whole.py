"""All theorems in one document, in every format: nothing is wider than the page, or too large."""

import pytest
from latex_runs import PDFLATEX, compiled, complaints

from bncheck.documents.derivations import theorem
from bncheck.documents.formats.table import FORMATS
from bncheck.documents.formats.text import WIDTH
from bncheck.documents.model import Document
from bncheck.symbolic.library import find
from bncheck.symbolic.proving import Outcome

MOST = 3_000_000
LEFT, RIGHT = 60, 536  # of the words of a PDF, in points: an A4 page between its margins


@pytest.fixture(scope="module")
def document():
    """Every theorem, without waiting for its proof."""
    outcomes = (Outcome(proof, (), 0.0) for proof in find())
    blocks = tuple(block for outcome in outcomes for block in theorem.blocks(outcome, 1))
    return Document("All theorems & lemmas", blocks, contents=True)


def test_text_and_the_sizes_of_files(document):
    for name in ("text", "markdown", "myst", "notebook", "html"):
        made = FORMATS[name].render(document)
        assert len(made.encode("utf-8")) < MOST, name
        if name == "text":
            assert [line for line in made.splitlines() if len(line) > WIDTH] == []


def test_every_word_of_the_pdf_is_within_its_margins(document):
    pytest.importorskip("typst")
    pdfium = pytest.importorskip("pypdfium2")
    made = FORMATS["pdf"].render(document)
    assert len(made) < MOST
    outside = []
    for number, page in enumerate(pdfium.PdfDocument(made), 1):
        text = page.get_textpage()
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            if left < LEFT or right > RIGHT:
                outside.append((number, text.get_text_bounded(left, bottom, right, top)))
    assert outside == []


@pytest.mark.skipif(PDFLATEX is None, reason="pdflatex is not installed")
def test_latex_compiles_without_an_overfull_box(document, tmp_path):
    log = compiled(FORMATS["latex"].render(document), tmp_path)
    assert complaints(log) == []
