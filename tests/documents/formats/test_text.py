"""Plain text: ASCII, no line wider than a terminal, and nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_documents import EVERYTHING, NASTY

from bncheck.documents.ascii_formulas import broken
from bncheck.documents.formats.text import WIDTH, render
from bncheck.documents.model import Document, Paragraph, Program, Table, Text

SHOWN = render(EVERYTHING)


def test_no_line_is_wider_than_the_page_and_all_is_ascii():
    assert SHOWN.isascii()
    assert [line for line in SHOWN.splitlines() if len(line) > WIDTH] == []
    assert "\n\n\n\n" not in SHOWN


def test_headings_equations_and_references_have_numbers():
    assert "1.1  B01. The gradients\n-----------------------\n" in SHOWN
    (row,) = (x for x in SHOWN.splitlines() if x.endswith("(1.1)") and x.startswith(" "))
    assert [part.strip() for part in row.split("  ") if part.strip()] == [
        "xhat_i = (x_i - mu) / sqrt(var + eps)",
        "for every i",
        "(1.1)",
    ]
    assert "See the definition (1.1), law F16," in SHOWN
    assert "theorem B01 (section 1.1)" in SHOWN
    assert "Back to the first chapter (section 1)" in SHOWN


def test_a_line_that_failed_says_so():
    assert "    ! NOT PROVED: at m = 2 the left side is 1\n" in SHOWN
    assert "| NOT PROVED. Not this one" in SHOWN


def test_a_rule_stands_beside_its_formula_or_below_it():
    rows = SHOWN.splitlines()
    assert any(row.startswith("    <= s^(-3/2) ") and row.endswith(" [definition]") for row in rows)
    assert any(row.strip().startswith("[chain rule along") and row[:9].isspace() for row in rows)


def test_text_is_text():
    words = "".join(render(Document("t", (Paragraph((Text(NASTY),)),))).split())
    assert r"\end{document}#quote[q]</script>" in words
    assert "gammaSigma<U+9A57><U+8B49><U+1F600>" in words


@given(st.text())
def test_any_text_comes_out_in_ascii(text):
    shown = render(Document(text, (Paragraph((Text(text),), text), Program(text))))
    assert shown.isascii()
    assert all(len(line) <= WIDTH for line in shown.splitlines())
    if text.isascii() and text.isprintable():
        assert "".join(text.split()) in "".join(shown.split())


@given(st.lists(st.text("ab ", max_size=90), min_size=1, max_size=40))
def test_a_table_of_any_width_fits(cells):
    row = tuple((Text(cell),) for cell in cells)
    shown = render(Document("t", (Table(row, (row, row)),)))
    assert all(len(line) <= WIDTH for line in shown.splitlines())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a + b", 80, ["a + b"]),
        ("aaaa (bb + cc) + dddd", 16, ["aaaa (bb + cc)", "    + dddd"]),
        ("aaaa (b - c d) / sq(v + e)", 20, ["aaaa (b - c d)", "    / sq(v + e)"]),
        (
            "a (bbbbbbbbbb - cccccc) / sq(v + e)",
            16,
            ["a (bbbbbbbbbb", "    - cccccc)", "    / sq(v + e)"],
        ),
        ("y = aaaa + bbbb", 12, ["y = aaaa", "    + bbbb"]),
        (
            "aaaaaaaaaaaa",
            5,
            ["aaaaa", *["    a"] * 7],
        ),
    ],
)
def test_formulas_are_broken_before_signs_outside_of_brackets(text, width, lines):
    assert broken(text, width) == lines
