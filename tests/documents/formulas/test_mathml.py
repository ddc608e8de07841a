from xml.etree import ElementTree

import pytest
from formulas_of_people import LINES
from hypothesis import given, settings
from hypothesis import strategies as st
from our_formulas import everything

from bncheck.documents.formulas import mathml
from bncheck.documents.formulas.nodes import Row, Word
from bncheck.documents.formulas.reading import read, read_lines

_ELEMENTS = (
    "math mrow mi mn mo mtext mspace mfrac msqrt msub msup msubsup munder mover munderover mtable "
    "mtr mtd mpadded"
)
CORE = set(_ELEMENTS.split())
CHILDREN = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}


def test_our_formulas_are_mathml_core_and_say_what_they_are() -> None:
    for tex in (*everything(), *LINES):
        for row in read_lines(tex):
            for display in (True, False):
                math = ElementTree.fromstring(mathml.write(row, display=display))  # noqa: S314
                assert math.get("alttext")
                assert (math.get("display") == "block") == display
                for element in math.iter():
                    assert element.tag in CORE
                    assert len(element) == CHILDREN.get(element.tag, len(element)), tex


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1))
def test_words_are_never_markup(text) -> None:
    math = ElementTree.fromstring(mathml.write(Row((Word(text),)), display=True))  # noqa: S314
    assert "".join(math.itertext()) == text.strip()


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        ("a - b", "<mo>−</mo>"),
        ("-b", '<mo form="prefix">−</mo>'),
        (r"\hat{x}", '<mover accent="true"><mi>x</mi><mo stretchy="false">ˆ</mo></mover>'),
        ("(x)", '<mo stretchy="false">(</mo>'),
        (r"\left(\frac{a}{b}\right)", "<mo>(</mo>"),
        (r"\sum_{i=1}^m", '<mo lspace="0" rspace="0">=</mo>'),
        (r"\max_i x", 'movablelimits="true"'),
        (r"\mark{x}", '<mrow class="bnmark"><mi>x</mi></mrow>'),
        (r"\text{a < b}", "<mtext>a &lt; b</mtext>"),
        ("x'", '<mi>x</mi><mo lspace="0" rspace="0">′</mo>'),
        ("x < y", "<mo>&lt;</mo>"),
    ],
)
def test_how_formulas_are_written(tex, part) -> None:
    assert part in mathml.write(read(tex), display=True)


def test_the_alternative_is_the_formula_in_words() -> None:
    shown = mathml.write(read(r"x \le \text{\"a\"}".replace('\\"', '"')), display=False)
    assert 'alttext="x is at most &quot;a&quot;"' in shown
