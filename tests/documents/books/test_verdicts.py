from book_supplies import parts

from bncheck.documents.books import verdicts
from bncheck.documents.model import Equation, Formula, Paragraph, Strong
from bncheck.symbolic.claims.judge import judge


def told(latex, where=None):
    statement, verdict = verdicts.judged(latex, where or {})
    return verdict, [*verdicts.blocks(verdict, statement)]


def labels(blocks):
    return [block.label for block in blocks if isinstance(block, Paragraph) and block.label]


def test_a_true_formula_has_a_verdict_and_nothing_else():
    verdict, blocks = told(r"y_i = \gamma \hat{x}_i + \beta")
    assert verdict.verdict == "true"
    [paragraph] = blocks
    assert paragraph.prose[0] == Strong("True")


def test_a_false_formula_has_a_counterexample_and_a_correction():
    _, blocks = told(r"\hat{x}_i = \frac{x_i - \mu}{\sigma^2}")
    assert labels(blocks) == ["Verdict", "What is wrong", "Counterexample", "Corrected"]
    assert [*parts(tuple(blocks), Equation)][-1].formula.tex.endswith(
        r"\sqrt{\sigma^2 + \epsilon}}"
    )


def test_a_condition_is_a_formula_and_is_shown_to_be_needed():
    _, blocks = told(r"\frac{1}{m} \sum_i \hat{x}_i^2 = 1")
    assert Formula(r"\epsilon = 0", "eps = 0") in blocks[0].prose
    assert "Without the condition" in str(blocks[1])


def test_what_is_not_read_has_its_reason_without_a_place():
    verdict, blocks = told(r"x = x - \mu")
    assert verdict.verdict == "undecided"
    assert "at character" in verdict.reason
    assert "at character" not in str(blocks)


def test_the_verdict_is_the_one_of_judge():
    for latex in (
        r"\sum_i \hat{x}_i = 0",
        r"\mathrm{E}[y] = \gamma",
        r"\mathrm{Var}[\hat{x}] = 1",
        r"\mu = \frac{1}{m} \sum_i x_i, \mathrm{E}[y] = 0",
        r"nonsense",
    ):
        assert verdicts.judged(latex, {})[1] == judge(latex)
