"""How expressions are printed: fractions, powers, names of one document, marks."""

from fractions import Fraction

import pytest

from bncheck.symbolic.expression import Named, Sum, Symbol, i, j, power, sqrt, vector
from bncheck.symbolic.printers.factors import MARK
from bncheck.symbolic.printers.formula import latex, text
from bncheck.symbolic.printers.notation import Spelling
from bncheck.symbolic.vocabulary import (
    dx,
    dy,
    eps,
    gradient,
    loss,
    m,
    mean,
    std,
    total,
    var,
    x,
    xhat,
)

a, b, c = Symbol("a"), Symbol("b"), Symbol("c")
R = a + b


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        (1 - a, "1 - a"),
        (x / (2 * a), "x_i / (2 a)"),
        (sqrt(R) ** 3, "(a + b)^(3/2)"),
        (power(R, Fraction(-3, 2)), "(a + b)^(-3/2)"),
        (total(x) / m, "(sum_{i=1..m} x_i) / m"),
        (total(x) * vector("y"), "(sum_{j=1..m} x_j) y_i"),
        (-(x[j] - a), "-(x_j - a)"),
        (a - (b - c), "a - (b - c)"),
    ],
)
def test_plain_text(expr, shown):
    assert text(expr) == shown


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        (mean(x), r"\frac{1}{m} \sum_{i=1}^{m} x_{i}"),
        (a * total(x) / b, r"\frac{a}{b} \sum_{i=1}^{m} x_{i}"),
        (a * R / c, r"\frac{a \left(a + b\right)}{c}"),
        (dy / std(), r"\frac{1}{\sqrt{\sigma^2 + \epsilon}} \frac{\partial L}{\partial y_{i}}"),
        (a / sqrt(R), r"\frac{a}{\sqrt{a + b}}"),
        (a * power(R, Fraction(-3, 2)), r"a \left(a + b\right)^{-3/2}"),
        (a * power(R, Fraction(-3, 2)) / 2, r"\frac{1}{2} a \left(a + b\right)^{-3/2}"),
        (a * power(c, Fraction(-3, 2)), r"\frac{a}{c^{3/2}}"),
        (a / R**2, r"\frac{a}{\left(a + b\right)^{2}}"),
        (dy**2, r"\left(\frac{\partial L}{\partial y_{i}}\right)^{2}"),
        (Symbol("hi") * Symbol("lo"), r"\mathrm{hi} \cdot \mathrm{lo}"),
    ],
)
def test_latex(expr, shown):
    assert latex(expr) == shown


def test_a_local_name_is_printed_for_its_body():
    names = {
        "q": Spelling("q"),
        "mu of z": Spelling(r"\mu", "z"),
        "v": Spelling(r"\sigma", "z", "2"),
    }
    q = Named("q", (i,), x + a)
    assert latex(q[j] * 2, names) == "2 q_{j}"
    assert latex(q**2, names) == "q_{i}^{2}"
    assert latex(Named("mu of z", (), mean(x)), names) == r"\mu_{z}"
    squared = Named("v", (), var()) ** 2
    assert latex(squared, names) == r"\left(\sigma_{z}^{2}\right)^{2}"
    assert latex(q) == "x_{i} + a"  # elsewhere it is what it means


def test_an_index_keeps_away_from_local_names():
    names = {"j": Spelling("i")}
    assert latex(Named("j", (), a) * Sum(i, x), names) == r"i \sum_{j=1}^{m} x_{j}"


def test_a_derivative_of_what_has_a_local_name_is_one_fraction():
    named = Named("the loss", (), loss())
    names = {"the loss": Spelling("L")}
    assert latex(gradient(named, x, j), names) == r"\frac{\partial L}{\partial x_{j}}"
    assert text(gradient(named, x, j), names) == "dL/dx_j"


@pytest.mark.parametrize(
    ("build", "shown"),
    [
        (lambda mark: mark(total(x)) / m, r"\frac{1}{m} \mark{\sum_{i=1}^{m} x_{i}}"),
        (lambda mark: a * power(mark(R), Fraction(-3, 2)), None),
        (lambda mark: mark(xhat()) ** 2 * 3, r"3 \mark{\hat{x}_{i}}^{2}"),
        (lambda mark: a + mark(b * c) / (a + eps), None),
    ],
)
def test_a_mark_changes_nothing_but_itself(build, shown):
    bare = latex(build(lambda expr: expr))
    marked = latex(build(lambda expr: Named(MARK, (), expr)))
    assert shown in (None, marked)
    start = marked.index(r"\mark{")
    depth, end = 1, start + len(r"\mark{")
    while depth:
        depth += {"{": 1, "}": -1}.get(marked[end], 0)
        end += 1
    without = marked[:start] + marked[start + len(r"\mark{") : end - 1] + marked[end:]
    assert without == bare


def test_a_quantity_is_named_only_where_it_is_that_quantity():
    assert text(var()) == "var"
    assert text(xhat()[j]) == "xhat_j"
    assert text(dx()[j]) == "dx_j"
    assert "var" not in text(var(2 * x))  # it would say var = 4 var
    assert "xhat" not in text(xhat(eps=0))
    assert text(dx(x)) != "dx_i"
    assert latex(Symbol("eps_2", positive=True)) == r"\epsilon_{2}"
