"""Notebooks: valid, the same bytes each time, and their cells run with NumPy and SymPy alone."""

import json

import pytest
from sample_documents import EVERYTHING

from bncheck.documents.formats.notebook import render
from bncheck.documents.model import Document, Heading, Paragraph, Program, Text

nbformat = pytest.importorskip("nbformat")


def test_it_is_a_valid_notebook():
    notebook = nbformat.reads(render(EVERYTHING), as_version=4)
    nbformat.validate(notebook)
    assert notebook.nbformat_minor == 5
    assert [cell.id for cell in notebook.cells][:2] == ["cell-0000", "cell-0001"]


def test_programs_that_run_are_cells_and_others_are_shown():
    blocks = (
        Paragraph((Text("before"),)),
        Program("x = 1\n", "python", runs=True),
        Program("never = 1", "python"),
        Heading("A heading", 1),
        Paragraph((Text("after"),)),
    )
    cells = json.loads(render(Document("t", blocks)))["cells"]
    kinds = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    assert kinds == [
        ("markdown", "# t"),
        ("markdown", "before"),
        ("code", "x = 1"),
        ("markdown", "```python\nnever = 1\n```"),
        ("markdown", '<a id="section-1"></a>\n\n## A heading\n\nafter'),
    ]
    assert all(cell["outputs"] == [] for cell in cells if cell["cell_type"] == "code")
