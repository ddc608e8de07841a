"""Certificates for Coq: each theorem has one or a reason, and a forged one must be refused."""

import re
import shutil
from dataclasses import replace

import pytest

from bncheck.cli import main
from bncheck.symbolic import certifying, coq
from bncheck.symbolic.expression import Add, Number, mul
from bncheck.symbolic.library import find
from bncheck.symbolic.printers.coq_trees import with_children
from bncheck.symbolic.theorem import CHECKERS, Derivation, Inequality, Step
from bncheck.symbolic.without_certificate import WITHOUT

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")

WHOLE = 60
"""At least so many theorems are certified as they are stated."""

KINDS = {
    "a sum over the batch": "F02",
    "a root and a sign": "F04",
    "Kronecker's delta": "F21",
    "a derivative": "B05",
    "a derivative by a named quantity": "B02",
    "two sizes": "S01",
    "sums over batch and inputs": "W01",
    "an inequality": "F13",
    "an induction": "I03",
    "a second derivative": "B20",
}


@pytest.fixture(scope="module")
def certificates():
    return {proof.theorem.id: coq.certificate(proof) for proof in find()}


def test_every_theorem_has_a_certificate_or_a_reason(certificates):
    for id, each in certificates.items():
        assert bool(each.lemmas) != bool(each.reason), id
        theorem = each.proof.theorem
        if each.lemmas:
            assert len(each.lemmas) == len(theorem.derivations) + len(theorem.inequalities)
    assert set(WITHOUT) <= set(certificates)


def test_what_is_left_out_is_said(certificates):
    assert certificates["F02"].reach == ""
    assert "induction" in certificates["I03"].reach
    assert "algebra only" in certificates["B20"].reach
    assert "Algebra only" in certificates["B20"].source
    for each in certificates.values():
        kind = each.proof.theorem.kind
        assert not each.lemmas or bool(each.reach) >= (kind not in ("identity", "inequality"))


def test_a_first_derivative_is_stated_as_a_derivative(certificates):
    (lemma,) = certificates["B03"].lemmas
    stated = lemma.source[lemma.source.index("Lemma B03_1\n") :]
    assert "(Derive (fun h => " in stated
    assert "is_derive (fun h => " in lemma.source
    assert not lemma.algebra_only


def test_no_certificate_brings_an_axiom_or_leaves_a_gap(certificates):
    for id, each in certificates.items():
        words = set(re.findall(r"[A-Za-z_]+", each.source))
        assert not words & {"Axiom", "Admitted", "admit", "Parameter", "Conjecture"}, id


def test_hypotheses_only_make_the_formulas_meaningful(certificates):
    supposed = {h for lemma in certificates["F02"].lemmas for h in lemma.hypotheses}
    assert len(supposed) == 2  # m >= 1, var + eps > 0
    assert "(1 <= m)%nat" in supposed
    assert certificates["F30"].lemmas[0].hypotheses == ("(1 <= m)%nat",)
    # m - 1 is not 0 where the domain says m >= 2, so nothing is supposed
    for lemma in certificates["F13"].lemmas:
        assert not [h for h in lemma.hypotheses if h.endswith("<> 0") and "INR m) + (- 1)" in h]


def test_most_are_certified_as_they_are_stated(certificates):
    whole = [id for id, each in certificates.items() if each.lemmas and not each.reach]
    assert len(whole) >= WHOLE
    assert {"B01", "B03", "B04", "B11", "F01", "F02", "F04", "F13"} <= set(whole)


@needs_coq
@pytest.mark.rows(8)
@pytest.mark.parametrize("id", [p.theorem.id for p in find() if p.theorem.id not in WITHOUT])
def test_coq_accepts_the_certificate(id, certificates):
    (result,) = coq.check([certificates[id]], jobs=1)
    assert result.accepted, result.says
    # each lemma was asked what it rests on, and Coq answered
    answers = re.findall(r"^(?:Axioms:|Closed under)", result.output, re.MULTILINE)
    assert len(answers) == len(result.certificate.lemmas)


def wrong(expr):
    """Return the expression with its first number one larger, or one term with another sign."""
    if isinstance(expr, Number):
        return Number(expr.value + 1)
    for at, child in enumerate(expr.children):
        changed = wrong(child)
        if changed is not None:
            return with_children(expr, (*expr.children[:at], changed, *expr.children[at + 1 :]))
    return None


def negated(expr):
    """Return the expression with the sign of its first term, or of all, changed."""
    if isinstance(expr, Add):
        return Add((mul(-1, expr.terms[0]), *expr.terms[1:]))
    return mul(-1, expr)


def forged(theorem, change):
    """Return the theorem with its last equation or bound changed, or None."""
    if theorem.inequalities:
        last = theorem.inequalities[-1]
        changed = change(last.gap)
        if changed is None:
            return None
        false = Inequality(last.name, last.lesser, last.greater, changed, last.given)
        sides = (last.greater - last.lesser, changed)
        new = replace(theorem, derivations=(), inequalities=(false,))
    else:
        last = theorem.derivations[-1]
        changed = change(last.end)
        if changed is None:
            return None
        sides = (last.start, changed)
        new = replace(
            theorem,
            derivations=(Derivation(last.name, last.start, (Step("collect", changed),)),),
        )
    return new if CHECKERS["normal form, all m"](*sides) else None


@needs_coq
def test_a_forged_equation_of_each_kind_is_refused():
    asked = []
    for id in KINDS.values():
        (proof,) = find([id])
        for number, change in enumerate((wrong, negated)):
            theorem = forged(proof.theorem, change)
            if theorem is not None:
                theorem = replace(theorem, id=f"{id}_{number}")
                asked.append(coq.certificate(replace(proof, theorem=theorem)))
    assert {each.proof.theorem.id.split("_")[0] for each in asked} == set(KINDS.values())
    for result in coq.check(asked, jobs=2):
        assert result.accepted is False, result.certificate.proof.theorem.id
        assert "tactic" in result.says or "nify" in result.says, result.says


@needs_coq
def test_an_axiom_is_refused(monkeypatch):
    (proof,) = find(["F30"])
    asked = coq.certificate(proof)
    (first, *_) = asked.lemmas
    false = "Axiom easy : forall p : Prop, p.\nLemma F30_1 : 1 = 2.\nProof. apply easy. Qed.\n"
    forged = replace(asked, lemmas=(replace(first, source=false),))
    (result,) = coq.check([forged])
    assert result.accepted is False
    assert "easy" in result.says


@needs_coq
def test_one_theorem_by_its_name(capsys):
    assert main(["prove", "--coq", "i07"]) == 0
    assert capsys.readouterr().out == (
        "I07   in part         The mean of the unbiased variance over all samples: its equations; "
        "the argument that joins them is not Coq's\n"
        "Coq accepts 1 equations and bounds: of 1 theorems 0 are certified, 1 in part, 0 have no "
        "certificate\n"
    )


@needs_coq
def test_a_theorem_without_certificate_says_why(capsys):
    assert main(["prove", "--coq", "F05a"]) == 2
    said = capsys.readouterr().out
    assert "F05a  no certificate  Deviation" in said
    assert WITHOUT["F05a"] in said


def test_without_coq_nothing_is_claimed(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(coq.CoqMissing, match="coqc is not installed"):
        list(certifying.certify(["F30"]))
    assert main(["prove", "--coq", "F30"]) == 2
    assert capsys.readouterr().out == "Coq: not checked: coqc is not installed\n"
