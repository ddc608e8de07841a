"""Formulas of expressions, in plain text and in LaTeX."""

import pytest

from bncheck.symbolic.expression import Sum, Symbol, i, j, sqrt, vector
from bncheck.symbolic.printers import formula
from bncheck.symbolic.vocabulary import dx, var, x, xhat


def test_a_quantity_is_named_only_where_it_is_that_quantity():
    assert formula.text(var()) == "var"
    assert formula.text(xhat()[j]) == "xhat_j"
    assert formula.text(dx()[j]) == "dx_j"
    assert "var" not in formula.text(var(2 * x))  # it would say var = 4 var
    assert "xhat" not in formula.text(xhat(eps=0))
    assert formula.text(dx(x)) != "dx_i"
    assert formula.latex(Symbol("eps_2", positive=True)) == r"\epsilon_{2}"


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
