"""Formulas in prose are typeset where they are formulas, and words stay words."""

import pytest

from bncheck.documents.derivations.prose import inlines, paragraphs
from bncheck.documents.formulas.reading import read
from bncheck.documents.model import Code, Equation, Formula, Link, Paragraph, Reference, Text
from bncheck.symbolic.library import find
from bncheck.symbolic.stating.sections import parts

PROOFS = {proof.stem: proof for proof in find()}


def formulas(text):
    """Return the sources of the formulas in a line of words."""
    return [part.text for part in inlines(text) if isinstance(part, Formula)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for every m >= 1 with var + eps > 0", ["m >= 1", "var + eps > 0"]),
        ("a symmetric matrix J is a square", ["J"]),
        ("If x is constant, so is a, the factor", ["x", "a"]),
        ("By B01 the mean is 0", []),
        ("the j-th unit vector", []),
        ("the compact form (B01) of dL/dx", ["dL/dx"]),
        ("scaled by k^2 (F33)", ["k^2"]),
    ],
)
def test_what_is_a_formula(text, found):
    assert formulas(text) == found


def test_a_gradient_within_a_line_is_flat():
    assert inlines("dL/dx_j")[0] == Formula(r"\partial L / \partial x_{j}", "dL/dx_j")


def test_what_goes_on_unread_is_code_as_a_whole():
    said = inlines("where d var / dx_j = 2 x_j holds")
    assert Code("d var / dx_j = 2 x_j") in said
    assert not formulas("where d var / dx_j = 2 x_j holds")


def test_articles_of_arxiv_are_linked():
    (before, link, after) = inlines("Ioffe (2015), arXiv:1502.03167, section 3")
    assert link == Link("https://arxiv.org/abs/1502.03167", "arXiv:1502.03167")
    assert before == Text("Ioffe (2015), ")
    assert after == Text(", section 3")


def test_theorems_are_referred_to():
    assert inlines("by F05a, as in B01")[1::2] == (
        Reference("theorem-F05a", "F05a"),
        Reference("theorem-B01", "B01"),
    )


def test_indented_lines_are_displayed():
    text = "First:\n    y = x\n      + z\n    s >= 0, and x = y if m >= 1.\nthen so."
    one, shown, other, two = paragraphs(text, "In words")
    assert isinstance(one, Paragraph)
    assert one.label == "In words"
    assert shown == Equation(Formula("y = x + z", "y = x + z"))
    assert other.formula == Formula(r"s \ge 0", "s >= 0")
    assert other.note[-1] == Formula(r"m \ge 1", "m >= 1")
    assert isinstance(two, Paragraph)
    assert two.label == ""


@pytest.mark.parametrize("stem", PROOFS)
def test_nothing_that_is_said_is_lost(stem):
    for _, body in parts(PROOFS[stem].text):
        flat = " ".join(body.split())
        said = []
        for part in inlines(flat):
            said.append(part.shown if isinstance(part, Link | Reference) else part.text)
            if isinstance(part, Formula):
                read(part.tex)
        assert "".join(said) == flat
