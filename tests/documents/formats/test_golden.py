"""Documents with every block, as they are written: a change of a renderer is a change here."""

import golden_files
import pytest
from sample_documents import EVERYTHING

from bncheck.documents.formats.table import FORMATS

NAMES = ("text", "markdown", "myst", "latex", "typst", "notebook")


@pytest.mark.parametrize("name", NAMES)
def test_everything(name):
    golden_files.check(f"document-{name}{FORMATS[name].suffix}", FORMATS[name].render(EVERYTHING))


def test_html_but_for_its_style():
    page = FORMATS["html"].render(EVERYTHING)
    start, _, rest = page.partition("<style>")
    _, _, end = rest.partition("</style>")
    lines = (start + end).split("\n")
    shown = "\n".join(line for line in lines if "Content-Security-Policy" not in line)
    golden_files.check("document.html", shown)
