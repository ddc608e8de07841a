import pytest
from book_supplies import parts, words

from bncheck.documents.books import page
from bncheck.documents.model import Box, Equation, Heading, Reference
from bncheck.symbolic.notes import judging, sources

RIGHT = r"Let $s = \sqrt{\sigma^2 + \epsilon}$. Then $\hat{x}_i = \frac{x_i - \mu}{s}$."
WRONG = RIGHT + r" So $\mathrm{E}[\hat{x}^3] = 0$. And \[ \sum_i \hat{x}_i = 0 \]"
UNDER = r"We have $\mathrm{Var}[\hat{x}] = 1$."
UNREAD = r"The layer is $z = g(\gamma W u)$ with $\mu = \frac{1}{m} \sum_i x_i$."
SEVERAL = r"""
\newcommand{\xh}{\hat{x}}
\begin{align}
\sum_i \xh_i &= 0 \\
\frac{1}{m} \sum_i \xh_i^2 &= \sigma^2
\end{align}
"""


@pytest.fixture
def made(tmp_path):
    def make(text):
        path = tmp_path / "notes.tex"
        path.write_text(text)
        return page.document([*judging.judged(sources.page(path))], "notes.tex")

    return make


def test_a_page_that_is_true_says_so(made):
    document = made(RIGHT)
    assert document.title == "notes.tex: every formula is true"
    assert not [*parts(document.blocks, Box)]
    assert [h.text for h in parts(document.blocks, Heading)][2:] == [
        "Formula 1: definition",
        "Formula 2: true",
    ]


def test_a_page_with_a_false_formula_is_never_called_true(made):
    document = made(WRONG)
    assert document.title == "notes.tex: 1 formula is false"
    first, second = parts(document.blocks, Box)
    assert first.kind == second.kind == "failed"
    assert first.title == "A formula is false"
    [reference] = parts(first, Reference)
    assert reference.anchor in {h.anchor for h in parts(document.blocks, Heading)}
    assert "every formula is true" not in words(document)


def test_the_failing_formula_is_shown_with_what_is_wrong(made):
    box = [*parts(made(WRONG).blocks, Box)][1]
    assert "Counterexample" in str(box)
    assert "where" in str(box)
    assert [*parts(box, Equation)]


def test_conditions_are_told_in_the_title(made):
    document = made(UNDER)
    assert document.title == "notes.tex: true under conditions"
    assert r"\epsilon = 0" in words(document)


def test_what_is_not_decided_is_told_in_the_title(made):
    assert made(UNREAD).title == "notes.tex: not decided in 1 of 2 formulas"


def test_a_page_without_formulas_proves_nothing(made):
    document = made("Words alone.")
    assert document.title == "notes.tex: nothing was decided"
    assert "true" not in document.title


def test_only_a_definition_decides_nothing(made):
    assert made(r"Let $q = \sqrt{\sigma^2}$.").title == "notes.tex: nothing was decided"


def test_several_relations_are_shown_line_by_line_without_the_macros(made):
    document = made(SEVERAL)
    shown = [equation.formula.tex for equation in parts(document.blocks, Equation)]
    assert shown[:2] == [
        r"\sum_i \hat{x}_i = 0",
        r"\frac{1}{m} \sum_i \hat{x}_i^2 = \sigma^2",
    ]
    assert document.title.endswith("is false")


def test_a_name_that_is_no_name_does_no_harm(tmp_path):
    path = tmp_path / "notes.tex"
    path.write_text(RIGHT)
    said = [*judging.judged(sources.page(path))]
    title = page.document(said, "a\x1b[31m" + "b" * 500).title
    assert "\x1b" not in title
    assert len(title) < 120
