import base64
import json

import browser
import pytest
from formulas_of_people import LINES
from our_formulas import everything

from bncheck.documents.formulas import mathml, typst
from bncheck.documents.formulas.metrics import font
from bncheck.documents.formulas.reading import read_lines
from bncheck.documents.formulas.width import em

LEAST = 0.97  # an estimate is at most three percent too small

rows = [row for tex in (*LINES, *everything()[::3]) if len(tex) < 900 for row in read_lines(tex)]


def test_widths_are_those_that_typst_measures(tmp_path) -> None:
    library = pytest.importorskip("typst")
    formulas = "".join(f"$ {typst.write(row)} $,\n" for row in rows)
    source = tmp_path / "widths.typ"
    source.write_text(
        f"{typst.MARK}\n#set text(size: 10pt)\n#let all = ({formulas})\n"
        "#context { for one in all [#metadata(measure(one).width / 10pt) <width>] }",
        encoding="utf-8",
    )
    found = json.loads(library.query(str(source), "<width>", ignore_system_fonts=True))
    assert len(found) == len(rows)
    ratios = [em(row) / one["value"] for row, one in zip(rows, found, strict=True)]
    assert min(ratios) > LEAST
    assert max(ratios) < 1.25


@pytest.mark.skipif(not browser.FOUND, reason="needs Chromium")
def test_widths_are_those_that_chromium_measures(tmp_path, chromium) -> None:
    data = base64.b64encode(font()).decode()
    page = tmp_path / "widths.html"
    # as wide as in a display, but beside one another: a display is as wide as the page
    shown = "".join(
        mathml.write(row, display=True).replace('display="block"', 'style="math-style: normal"')
        + "<br>"
        for row in rows
    )
    page.write_text(
        f"<!doctype html><meta charset=utf-8><style>@font-face {{ font-family: F; src: "
        f"url(data:font/woff2;base64,{data}) }} math {{ font-family: F }} body {{ font-size: 50px; "
        f"white-space: nowrap }} {mathml.CSS}</style>{shown}",
        encoding="utf-8",
    )
    chromium.show(page, 1000)
    found = chromium.value(
        "[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().width)"
    )
    assert len(found) == len(rows)
    ratios = [em(row) / (wide / 50) for row, wide in zip(rows, found, strict=True)]
    assert min(ratios) > LEAST
    assert sorted(ratios)[len(ratios) // 2] < 1.1
