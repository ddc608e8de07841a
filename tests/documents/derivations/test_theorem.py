"""A theorem's section: what is in it, and what a refuted theorem says."""

from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import pairwise

import pytest

from bncheck.documents.derivations.checked import NOT_CHECKED
from bncheck.documents.derivations.section import expressions
from bncheck.documents.derivations.theorem import blocks
from bncheck.documents.formulas.breaking import lines
from bncheck.documents.formulas.reading import read
from bncheck.documents.formulas.width import em
from bncheck.documents.model import (
    Box,
    Derivation,
    Equation,
    Formula,
    Heading,
    Paragraph,
    Reference,
    Table,
    Text,
)
from bncheck.symbolic.library import find
from bncheck.symbolic.printers.formula import latex
from bncheck.symbolic.proving import Outcome, prove
from bncheck.symbolic.theorem import check
from bncheck.symbolic.vocabulary import x

PROOFS = {proof.stem: proof for proof in find()}
PAGE = 41.0
"""The lines of a page, 44 em, less a relation and a margin."""
LEADS = {(Text("where"),), (Text("let"),), (Text("and"),)}
B01 = PROOFS["b01_backward"]


def section(proof, checks=()):
    """Return the blocks of a proof, with these checks."""
    return list(blocks(Outcome(proof, tuple(checks), 0.0)))


@cache
def unchecked(stem):
    """Return the blocks of a proof that was not checked."""
    return section(PROOFS[stem])


def inside(part, kind):
    """Yield everything of a kind in blocks."""
    if isinstance(part, kind):
        yield part
    if isinstance(part, tuple | list):
        for each in part:
            yield from inside(each, kind)
    elif is_dataclass(part):
        for field in fields(part):
            yield from inside(getattr(part, field.name), kind)


def words(part):
    """Return all words of blocks."""
    return " ".join(
        [text.text for text in inside(part, Text)]
        + [each.checked for each in inside(part, Derivation)]
        + [line.rule + line.failed for d in inside(part, Derivation) for line in d.lines]
    )


@pytest.mark.parametrize("stem", PROOFS)
def test_nothing_is_said_twice_and_no_two_sides_are_printed_alike(stem):
    made = unchecked(stem)
    for equation in inside(made, Equation):
        left, sign, right = equation.formula.tex.partition(" = ")
        assert not sign or left.strip() != right.strip()
    for chain in inside(made, Derivation):
        assert chain.start.tex != chain.lines[-1].formula.tex
    told = list(inside(made, Paragraph))
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("stem", PROOFS)
def test_every_formula_is_laid_out_and_every_anchor_is_given_once(stem):
    made = unchecked(stem)
    formulas = list(inside(made, Formula))
    assert len(formulas) >= 3
    for formula in formulas:
        read(formula.tex)
        assert formula.text.isascii()
        assert formula.text.strip()
        assert "\\" not in formula.text
    anchors = [each.anchor for each in inside(made, Heading | Equation) if each.anchor]
    assert len(set(anchors)) == len(anchors)


@pytest.mark.parametrize("stem", PROOFS)
def test_no_line_is_wider_than_the_page(stem):
    for derivation in inside(unchecked(stem), Derivation):
        for formula in (derivation.start, *(line.formula for line in derivation.lines)):
            broken = lines(read(formula.tex), PAGE)
            assert len(broken) <= 3
            assert all(em(line) <= PAGE for line in broken)
    for equation in inside(unchecked(stem), Equation):
        assert len(lines(read(equation.formula.tex), PAGE)) <= 4


def test_the_widest_line_before_and_after():
    theorem = PROOFS["l03_curvature_along_gradient"].theorem
    before = max(em(read(latex(e))) for e in expressions(theorem))
    made = inside(unchecked("l03_curvature_along_gradient"), Derivation)
    after = max(em(read(line.formula.tex)) for d in made for line in d.lines)
    assert before > 300
    assert after < PAGE


@pytest.mark.parametrize("stem", PROOFS)
def test_no_step_repeats_the_line_before(stem):
    for derivation in inside(unchecked(stem), Derivation):
        texts = [derivation.start.text, *(line.formula.text for line in derivation.lines)]
        assert len(texts) == 2 or all(one != other for one, other in pairwise(texts))


@pytest.mark.parametrize("stem", PROOFS)
def test_every_letter_is_told_once(stem):
    told = [e for e in inside(unchecked(stem), Equation) if e.note in LEADS]
    defined = [e.formula.text.split(" = ")[0] for e in told]
    assert len(set(defined)) == len(defined)


def test_the_backward_pass():
    (outcome,) = prove("B01")
    made = list(blocks(outcome))
    assert made[0] == Heading(
        "B01. The gradients of batch normalization, and their compact form", 2, "theorem-B01"
    )
    derivations = {d.name: d for d in inside(made, Derivation)}
    variance = derivations["dL/dvar"]
    assert variance.lines[-1].formula.tex.endswith(
        r"\left(\sigma^2 + \epsilon\right)^{-3/2}\right)"
    )
    assert variance.lines[0].rule == "chain rule: the variance moves the normalized values"
    assert r"\mark{" in variance.lines[0].formula.tex
    assert "2 steps for all m by the normal form" in variance.checked
    assert "dL/dvar, dL/dmu, as derived above, are put in" in words(made)
    assert "Proved by equations" in words(made)
    assert "REFUTED" not in words(made)


def test_in_short_what_the_statement_shows_is_not_displayed_again():
    (outcome,) = prove("LN07")
    made = list(blocks(outcome, brief=True))
    assert [d.name for d in inside(made, Derivation)] == ["dx"]  # of two steps
    told = next(p for p in inside(made, Paragraph) if p.label == "dbeta")
    stated = [each.anchor for each in inside(made, Equation) if each.anchor]
    assert [part.anchor for part in inside(told, Reference)] == [stated[2]]
    assert "in one step: the derivative is linear" in words((told,))
    assert "Checked: for all m by the normal form" in words((told,))
    assert len(list(inside(list(blocks(outcome)), Derivation))) == 3


def test_in_short_a_step_that_fails_is_displayed():
    right = B01.theorem.derivations[5]
    changed = replace(right, steps=(replace(right.steps[0], expression=right.start + x[1]),))
    theorem = replace(B01.theorem, derivations=(changed,))
    checks = [c for c in check(theorem) if c.what == changed.name]
    outcome = Outcome(replace(B01, theorem=theorem), tuple(checks), 0.0)
    (derivation,) = inside(list(blocks(outcome, brief=True)), Derivation)
    assert derivation.lines[-1].failed


def test_what_was_not_checked_is_not_called_proved():
    made = section(B01)
    assert all(d.checked == NOT_CHECKED for d in inside(made, Derivation))
    assert "roved" not in words(made)


def test_a_theorem_of_which_a_step_fails_says_so_first_and_at_the_step():
    wrong = B01.theorem.derivations[2]
    first, last = wrong.steps
    changed = replace(wrong, steps=(first, replace(last, expression=last.expression + x[1])))
    theorem = replace(B01.theorem, derivations=(*B01.theorem.derivations[:2], changed))
    made = section(replace(B01, theorem=theorem), check(theorem))
    assert isinstance(made[1], Box)
    assert made[1].kind == "failed"
    assert made[1].title == "REFUTED"
    derivation = next(d for d in inside(made, Derivation) if d.name == "dL/dmu")
    assert [bool(line.failed) for line in derivation.lines] == [False, True]
    assert derivation.checked.startswith("REFUTED")
    assert "roved" not in words(made).replace("not proved", "")


def test_what_a_check_of_the_whole_refutes_is_shown_at_the_last_line():
    right = B01.theorem.derivations[5]
    changed = replace(right, steps=(replace(right.steps[0], expression=right.start + x[1]),))
    theorem = replace(B01.theorem, derivations=(changed,))
    checks = [c for c in check(theorem) if c.what == changed.name]
    (derivation,) = inside(section(replace(B01, theorem=theorem), checks), Derivation)
    assert derivation.lines[-1].failed


def test_what_coq_is_asked_is_said_exactly():
    for name, said in (
        ("W08", "of 2 lemmas"),
        ("W08", "the induction itself is not Coq's"),
        ("L03", "There is no certificate for Coq: coqc does not end"),
    ):
        (outcome,) = prove(name)
        assert said in words(list(blocks(outcome)))


def test_where_it_holds_is_said_in_formulas():
    paragraphs = inside(section(PROOFS["w09_norm_equilibrium"]), Paragraph)
    domain = next(p for p in paragraphs if p.label == "Domain")
    shown = [part.text for part in domain.prose if isinstance(part, Formula)]
    assert shown == ["m >= 2", "eps = 0", "t > 0", "l > 0", "t l < 1", "b > 0"]


def test_where_a_statement_is_not_read_the_theorem_says_where_it_holds():
    made = section(replace(B01, text=B01.text.replace(r"m \ge 1", "the moon is full")))
    domain = next(p for p in inside(made, Paragraph) if p.label == "Domain")
    assert domain.prose == (Text(f"{B01.theorem.domain}."),)


def test_what_one_equation_supposes_is_in_the_names_of_the_page():
    made = section(PROOFS["w09_norm_equilibrium"])
    noted = [formula.text for e in inside(made, Equation) for formula in inside(e.note, Formula)]
    assert "var_z > 0" in noted


def test_an_inequality_ends_in_a_term_that_is_not_negative():
    made = section(PROOFS["f13_largest_value"])
    last = list(inside(made, Derivation))[-1]
    assert last.lines[-1].relation == r"\ge"
    assert last.lines[-1].formula.tex == "0"


@pytest.mark.parametrize("stem", ["b01_backward", "w03_weight_gradient_along_weights"])
def test_an_example_is_computed(stem):
    (table,) = inside(unchecked(stem), Table)
    assert table.rows
    for row in table.rows:
        assert row[-1] == row[-2]
    assert "They are equal." in table.caption
