from fractions import Fraction

import pytest
from book_supplies import parts

from bncheck.documents.books import verdicts
from bncheck.documents.books.stepwise import worked
from bncheck.documents.model import Formula, Items
from bncheck.symbolic.claims.counterexample import Counterexample

WRONG = (
    r"\hat{x}_i = \frac{x_i - \mu}{\sigma^2}",
    r"\frac{1}{m} \sum_{i=1}^m \hat{x}_i^2 = 1",
    r"\mathrm{E}[\hat{x}^3] = 0",
    r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} "
    r"\frac{\partial L}{\partial y_i}",
    r"BN((aW)u) = BN(Wu)",
    r"\sum_{i=1}^m x_i \frac{\partial L}{\partial x_i} = 0",
)


def steps(latex):
    statement, verdict = verdicts.judged(latex, {})
    blocks = tuple(worked(statement.left, statement.right, verdict.counterexample))
    return verdict.counterexample, [f.tex for f in parts(blocks, Formula)], statement


def test_the_intermediate_values_are_computed():
    _, found, _ = steps(WRONG[0])
    assert r"\mu = 1" in found
    assert r"\sigma^2 = 1" in found
    assert r"\sqrt{\sigma^2 + \epsilon} = 2" in found
    assert r"\hat{x} = (-1/2, 1/2)" in found
    assert found[-2:] == ["-1/2", "-1"]


@pytest.mark.parametrize("latex", WRONG)
def test_it_ends_with_both_sides_as_the_verdict_gives_them(latex):
    found, texts, _ = steps(latex)
    assert [Fraction(text) for text in texts[-2:]] == [Fraction(found.left), Fraction(found.right)]
    assert texts[0] == f"m = {found.m}"


def test_the_terms_of_a_side_add_up_to_it():
    latex = (
        r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i} "
        r"\frac{1}{\sqrt{\sigma^2 + \epsilon}} + \frac{\partial L}{\partial \sigma^2} "
        r"\frac{2 (x_i - \mu)}{m}"
    )
    statement, verdict = verdicts.judged(latex, {})
    blocks = tuple(worked(statement.left, statement.right, verdict.counterexample))
    terms = [*parts(blocks, Items)][-1]
    values = [formula.tex.rpartition(" = ")[2] for formula in parts(terms, Formula)]
    assert len(values) == 2
    assert sum(map(Fraction, values)) == Fraction(verdict.counterexample.right)


def test_a_point_that_cannot_be_rebuilt_is_only_told():
    statement, _ = verdicts.judged(WRONG[0], {})
    odd = Counterexample(2, {"x": "(1, 2, 3)", "i": "1"}, "1", "2")
    texts = [f.tex for f in parts(tuple(worked(statement.left, statement.right, odd)), Formula)]
    assert texts == ["m = 2", "x = (1, 2, 3)", "i = 1", "1", "2"]


def test_a_side_that_is_rational_is_not_told_in_digits():
    statement, verdict = verdicts.judged(r"\hat{x}_i \le 3", {})
    texts = [
        f.tex
        for f in parts(
            tuple(worked(statement.left, statement.right, verdict.counterexample)), Formula
        )
    ]
    assert texts[-1] == "3"
    assert texts[-2].startswith("3.3165")


def test_sums_of_a_formula_are_steps_and_no_step_comes_twice():
    latex = (
        r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m \sqrt{\sigma^2 + \epsilon}} "
        r"(m \frac{\partial L}{\partial y_i} - \sum_{j=1}^m \frac{\partial L}{\partial y_j} "
        r"+ \hat{x}_i \sum_{j=1}^m \frac{\partial L}{\partial y_j} \hat{x}_j)"
    )
    _, texts, _ = steps(latex)
    assert r"\sum_{j=1}^{m} \frac{\partial L}{\partial y_{j}} \hat{x}_{j} = 1/2" in texts
    assert texts.count(r"\sqrt{\sigma^2 + \epsilon} = 2") == 1
