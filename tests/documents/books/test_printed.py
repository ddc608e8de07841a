import pytest

from bncheck.documents.books import printed
from bncheck.documents.model import Code, Equation, Formula, Program, Text


def test_a_formula_that_is_laid_out_is_displayed():
    assert printed.displayed("a\n = b") == Equation(Formula("a = b"))


def test_what_cannot_be_laid_out_is_shown_as_it_is():
    assert printed.displayed(r"\unheardof{x}") == Program(r"\unheardof{x}", "latex")
    assert printed.within(r"\unheardof{x}") == Code(r"\unheardof{x}")
    under = r"\underbrace{a}_{b} = c"  # the label would be lost
    assert printed.displayed(under) == Program(under, "latex")
    over = r"a \overset{b}{\rightarrow} c"
    assert printed.displayed(over) == Equation(Formula(over))


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("eps = 0", r"\epsilon = 0"),
        ("sigma^2 > 0", r"\sigma^2 > 0"),
        ("gamma >= 0", r"\gamma \ge 0"),
        ("m != 2", r"m \neq 2"),
    ],
)
def test_conditions_become_formulas(text, tex):
    assert printed.condition(text) == Formula(tex, text)


@pytest.mark.parametrize("text", ["the variance divides by m - 1", "eps is at least 0.1"])
def test_conditions_in_words_stay_so(text):
    assert printed.condition(text) == Text(text)


def test_several_conditions_are_joined():
    assert printed.conditions(("eps = 0", "a > 0")) == (
        Formula(r"\epsilon = 0", "eps = 0"),
        Text(" and "),
        Formula("a > 0", "a > 0"),
    )


def test_a_sentence_with_formulas_in_it():
    said = printed.sentence(
        r"\frac{-1}{\sqrt{\sigma^2 + \epsilon}} where \frac{1}{2} belongs, in m"
    )
    assert said == (
        Formula(r"\frac{-1}{\sqrt{\sigma^2 + \epsilon}}"),
        Text(" "),
        Text("where"),
        Text(" "),
        Formula(r"\frac{1}{2}"),
        Text(" "),
        Text("belongs, in"),
        Text(" "),
        Formula("m"),
    )


def test_no_space_before_a_comma():
    said = printed.sentence(r"the terms \mu and \frac{1}{m}, through the mean, are missing")
    shown = "".join(getattr(part, "tex", "") or part.text for part in said)
    assert r"\frac{1}{m}, through" in shown


def test_conditions_in_a_sentence_become_formulas():
    assert [*printed.with_conditions("It holds only for gamma = 1.")] == [
        Text("It holds only for "),
        Formula(r"\gamma = 1", "gamma = 1"),
        Text("."),
    ]


def test_an_environment_is_shown_line_by_line():
    tex = r"\begin{align*} a &= b \label{eq:1} \\ c &= d \notag \end{align*}"
    assert [*printed.lines(tex)] == [Equation(Formula("a = b")), Equation(Formula("c = d"))]


def test_cases_are_one_formula():
    tex = r"a = \begin{cases} 1 & i = j \\ 0 & i \neq j \end{cases}"
    assert [*printed.lines(tex)] == [printed.displayed(tex)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("xhat", Formula(r"\hat{x}")),
        ("y", Formula("y")),
        ("running mean", Text("running mean")),
        (r"\sqrt{\sigma^2}", Formula(r"\sqrt{\sigma^2}")),
    ],
)
def test_what_a_symbol_means(text, shown):
    assert printed.meaning(text) == shown
