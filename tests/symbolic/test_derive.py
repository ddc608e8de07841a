"""Documents of derivations: every format, from one model."""

import re

import pytest

from bncheck.cli import main
from bncheck.documents import latex, markdown, text, theorems
from bncheck.symbolic.expression import Sum, Symbol, i, j, sqrt, vector
from bncheck.symbolic.printers import formula
from bncheck.symbolic.proving import prove

DOCUMENT = theorems.book(prove(["b03", "f13"]), "Some & more")


def test_text_has_every_line_with_its_rule_and_checkers():
    shown = text.render(DOCUMENT)
    assert shown.isascii()
    assert "[substitute; checked: normal form, all m]" in shown
    assert shown.count("SymPy, m = 2 to 5; exact rationals, random points]") >= 2


def test_markdown_fences_are_closed_and_formulas_are_untouched():
    shown = markdown.render(DOCUMENT)
    assert len(re.findall(r"^```", shown, re.MULTILINE)) % 2 == 0
    assert r"\frac{\partial L}{\partial y_{i}}" in shown


def test_latex_is_balanced():
    shown = latex.render(DOCUMENT)
    assert shown.count("{") - shown.count(r"\{") == shown.count("}") - shown.count(r"\}")
    assert shown.count(r"\begin{") == shown.count(r"\end{")
    assert r"Some \& more" in shown


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        (1 - Symbol("a"), "1 - a"),
        (vector("x") / (2 * Symbol("a")), "x_i / (2 a)"),
        (sqrt(Symbol("v") + 1) ** 3, "(v + 1)^(3/2)"),
        (Sum(i, vector("x")) / Symbol("m"), "(sum_{i=1..m} x_i) / m"),
        (Sum(i, vector("x")) * vector("y"), "(sum_{j=1..m} x_j) y_i"),
        (-(vector("x")[j] - Symbol("a")), "-(x_j - a)"),
        (Symbol("a") - (Symbol("b") - Symbol("c")), "a - (b - c)"),
    ],
)
def test_text_of_expressions(expr, shown):
    assert formula.text(expr) == shown


def test_the_command(tmp_path, capsys):
    assert main(["derive", "b03", "--format", "markdown"]) == 0
    assert "B03. The input gradient sums to zero" in capsys.readouterr().out
    assert main(["derive", "backward", "--format", "c"]) == 0
    assert "void bn_backward(" in capsys.readouterr().out
    assert main(["derive"]) == 2
    assert main(["derive", "b03", "--all"]) == 2
    assert main(["derive", "nonsense"]) == 2
    assert main(["derive", "nonsense", "--format", "numpy"]) == 2
    assert main(["claim", str(tmp_path / "missing.toml")]) == 2
    assert main(["prove", "b03", "--format", "json", "--output", str(tmp_path / "out.json")]) == 0
    assert (tmp_path / "out.json").read_text().startswith("{")
