import pytest

from bncheck.documents.formulas import latex
from bncheck.documents.formulas.reading import read


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"x_{i}^{2}", "x_i^2"),
        (r"x_{ij}'", "x_{i j}'"),
        (r"\left(a\right)", "(a)"),
        (r"(\dfrac{a}{b})", r"\left( \frac{a}{b} \right)"),
        (r"|\bm{\mu}|", r"\lvert \boldsymbol{\mu} \rvert"),
        (r"\hat{xy} \hat{x}", r"\widehat{x y} \hat{x}"),
        ("BN(x) ≥ ℝ", r"\mathrm{BN} (x) \ge \mathbb{R}"),
        (r"\log x \text{a_b}".replace("a_b", r"a\_b"), r"\operatorname{log} x \text{a\_b}"),
        (r"\{x\} {\sum}_i", r"\{ x \} {\sum}_i"),
        (r"x := -1", r"x := - 1"),
    ],
)
def test_how_formulas_are_written(tex, written) -> None:
    assert latex.write(read(tex)) == written


def test_the_command_around_what_is_marked_can_be_chosen() -> None:
    row = read(r"a + \mark{b}")
    assert latex.write(row) == r"a + \bnmark{b}"
    assert latex.write(row, mark=r"\underline") == r"a + \underline{b}"
    assert r"\bnmark" in latex.MARK


def test_no_break_is_followed_by_what_would_be_a_length() -> None:
    written = latex.write(read(r"\begin{cases} a \\ {}[b] \end{cases}"))
    assert r"\\ {} [b]" in written
