"""Text is harmless, aligned and within its character set."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from bncheck.terminal import Style, clean, columns, nearest, sentence, short, times

ANY = st.text(st.characters())  # every code point, lone surrogates and escapes included


@given(ANY)
def test_cleaned_text_is_printable(text):
    assert clean(text).isprintable()
    assert sentence(text).isprintable()


@given(ANY)
def test_ascii_style_gives_ascii(text):
    style = Style(unicode=False)
    assert style.text(text).isascii()
    assert style.code(text).isascii()


def test_escapes_are_shown_not_sent():
    assert clean("\x1b[31mred\u202e") == "\\x1b[31mred\\u202e"


def test_printable_text_is_left_alone():
    assert clean("x̂ = (x − μ)·γ [x²]  'quoted' \\n") == "x̂ = (x − μ)·γ [x²]  'quoted' \\n"


def test_ascii_spells_the_usual_signs():
    assert Style(unicode=False).text("γ·x̂ → ±∞") == "gamma*xhat -> +/-inf"


def test_colour_only_where_it_was_asked_for():
    assert Style(color=True).paint("FAILS", "red", "bold") == "\x1b[31;1mFAILS\x1b[0m"
    assert Style().paint("FAILS", "red") == "FAILS"


def test_wide_and_combining_characters_are_counted_in_columns():
    assert columns("x̂") == 1
    assert columns("批") == 2


def test_table_folds_the_one_column_that_may_fold():
    rows = [("law", "title", "n"), ("B03", "a title that is far too long for it", "10")]
    lines = Style(width=30).table(rows, "llr", folds=1)
    assert lines == [
        ["law  title                   n"],
        ["B03  a title that is far    10", "     too long for it"],
    ]


def test_table_keeps_columns_aligned_for_any_characters():
    rows = [("x̂", "1"), ("批量", "2")]
    assert Style().table(rows, "ll", folds=0) == [["x̂     1"], ["批量  2"]]


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "-"), (0.0, "0"), (1.25e-7, "1.2e-07"), (float("inf"), "inf"), (float("nan"), "nan")],
)
def test_short_numbers(value, told):
    assert short(value) == told


@pytest.mark.parametrize(
    ("margin", "told"), [(None, "-"), (0.5, "0.5"), (1.0, "1"), (1.000001, ">1"), (3e5, "3e+05")]
)
def test_a_bound_just_missed_does_not_read_as_met(margin, told):
    assert times(margin) == told


def test_nearest_ignores_case_and_otherwise_lists_all():
    assert nearest("b03", ["B03", "X01"]) == "did you mean 'B03'?"
    assert nearest("zzz", ["B03", "X01"]) == "known: B03, X01"
