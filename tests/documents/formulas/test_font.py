import re
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from formulas_of_people import LINES
from our_formulas import everything

from bncheck.documents.formulas import mathml
from bncheck.documents.formulas.metrics import FAMILY, FONT, LICENSE, font, grown, width
from bncheck.documents.formulas.reading import read_lines

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "bncheck" / "documents" / "formulas" / "font"


def italic(sign: str) -> int:
    """Return where the sign of an `mi` is taken from, as MathML Core says it."""
    if sign == "h":
        return 0x210E
    for first, last, begin in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("α", "ω", 0x1D6FC)):
        if first <= sign <= last:
            return begin + ord(sign) - ord(first)
    return {"∂": 0x1D715, "ϵ": 0x1D716, "ϕ": 0x1D719}.get(sign, ord(sign))


@pytest.fixture(scope="module")
def opened():
    return pytest.importorskip("fontTools.ttLib").TTFont(BytesIO(font()))


def test_it_is_small_and_comes_with_its_licence() -> None:
    assert len(font()) < 150_000
    assert font()[:4] == b"wOF2"
    assert "GUST Font License" in (FOLDER / LICENSE).read_text(encoding="utf-8")


def test_it_has_a_table_for_formulas_and_a_name_of_its_own(opened) -> None:
    assert "MATH" in opened
    assert opened["name"].getDebugName(1) == FAMILY


def test_every_sign_of_our_formulas_is_in_it(opened) -> None:
    signs = set(opened.getBestCmap())
    for tex in (*everything(), *LINES):
        for row in read_lines(tex):
            shown = mathml.write(row, display=True)
            for tag, text in re.findall(r"<(m[ion]|mtext)\b[^>]*>([^<]*)", shown):
                text = unescape(text)
                wanted = {italic(text)} if tag == "mi" and len(text) == 1 else set(map(ord, text))
                assert wanted <= signs, (text, tex)


def test_the_widths_are_those_of_the_font(opened) -> None:
    cmap, advance, scale = opened.getBestCmap(), opened["hmtx"], opened["head"].unitsPerEm
    for sign in "xσ=+0(L":
        assert width(sign, 0) == pytest.approx(advance[cmap[italic(sign)]][0] / scale, abs=1e-3)
    assert width("\N{SNOWMAN}", 0) > 0.8
    assert grown("(")[0][1] < grown("(")[-1][1]


def test_it_is_in_what_is_installed() -> None:
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(ROOT))
    inside = {file.distribution_path for file in builder.recurse_included_files()}
    folder = "bncheck/documents/formulas/font"
    assert {f"{folder}/{name}" for name in (FONT, LICENSE, "metrics.json")} <= inside
