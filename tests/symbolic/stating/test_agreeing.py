"""Every theorem's file states what is proved; a statement that is changed is refused."""

import os
import random
from dataclasses import replace

import pytest
from misstated import misstated, widened

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import normal_form, rationals
from bncheck.symbolic.library import Proof, find, stems
from bncheck.symbolic.proving import Outcome, exit_code, lines
from bncheck.symbolic.stating.agreeing import STATED, agreement, equations
from bncheck.symbolic.stating.reading import reader
from bncheck.symbolic.stating.sections import STATEMENT, parts, split, stated

PROOFS = {proof.stem: proof for proof in find()}
MUTANTS = int(os.environ.get("BNCHECK_MUTANTS", "4"))
"""Changed statements for each theorem; all of them with BNCHECK_MUTANTS=1000."""


def rewritten(proof: Proof, old: str, new: str) -> Proof:
    """Return the proof with one part of its docstring replaced."""
    flat = " ".join(proof.text.split())
    assert old in flat or old in proof.text, old
    return replace(proof, text=proof.text.replace(old, new, 1))


def with_statement(proof: Proof, statement: str) -> Proof:
    """Return the proof with another statement."""
    head, _, rest = proof.text.partition("\nStatement.\n")
    _, _, rest = rest.partition("\n\nDomain.\n")
    body = "\n".join(f"    {line}" for line in statement.splitlines())
    return replace(proof, text=f"{head}\nStatement.\n{body}\n\nDomain.\n{rest}")


def refused(proof: Proof) -> list[str]:
    """Return what is said against the statement of a proof."""
    return [f"{c.what}: {c.refuted}" for c in agreement(proof) if c.refuted is not None]


def forms(proof: Proof) -> list[str]:
    """Return the statement of a proof, each formula on one line."""
    told = stated(proof.text, [e.name for e in equations(proof.theorem)])
    entries = [
        f"{e.name}: {e.formula}" + (f", if {', '.join(e.supposed)}" if e.supposed else "")
        for e in told.entries
    ]
    return entries + [f"where {each}" for each in told.where]


def narrowed(proof: Proof, name: str) -> Proof:
    """Return the proof of one of its equations alone."""
    theorem = proof.theorem
    derivations = tuple(d for d in theorem.derivations if d.name == name)
    inequalities = tuple(q for q in theorem.inequalities if q.name == name)
    kind = "inequality" if inequalities else "identity"
    return replace(
        proof,
        theorem=replace(theorem, derivations=derivations, inequalities=inequalities, kind=kind),
    )


def changed(proof: Proof) -> list[tuple[str, Proof]]:
    """Return each equation, alone, with one thing changed in its statement, in every way."""
    written = forms(proof)
    where = [line for line in written if line.startswith("where ")]
    found = []
    for name in [e.name for e in equations(proof.theorem)]:
        (line,) = [each for each in written if each.startswith(f"{name}: ")]
        alone = narrowed(proof, name)
        for what, other in misstated(line.removeprefix(f"{name}: ")):
            forged = with_statement(alone, "\n".join([f"{name}: {other}", *where]))
            found.append((f"{what}: {other}", forged))
    return found


def is_the_same_anyway(proof: Proof) -> bool:
    """Whether exact points show no difference between what is stated and what is proved."""
    proved = equations(proof.theorem)
    told = stated(proof.text, [e.name for e in proved])
    how = reader([side for e in proved for side in e.all], told.where)
    for equation in proved:
        (entry,) = [each for each in told.entries if each.name == equation.name]
        (relation,) = how.relations(entry.formula)
        for mine, its in zip(how.sides(relation), (equation.left, equation.right), strict=True):
            try:
                refuted = rationals.refutation(mine, its)
            except NotSupported:  # two roots of different radicands
                refuted = normal_form.refutation(mine, its)
            if refuted is not None:
                return False
    return True


@pytest.mark.parametrize("stem", stems())
def test_the_file_states_what_is_proved(stem):
    checks = list(agreement(PROOFS[stem]))
    assert [c for c in checks if c.refuted is not None] == []
    assert len(checks) == 1 + len(equations(PROOFS[stem].theorem))


@pytest.mark.rows(40)
@pytest.mark.parametrize("stem", stems())
def test_a_changed_statement_is_refused(stem):
    found = changed(PROOFS[stem])
    random.Random(stem).shuffle(found)
    chosen = list({what.partition(": ")[0]: (what, each) for what, each in found}.values())
    chosen = (chosen + [each for each in found if each not in chosen])[:MUTANTS]
    assert chosen
    accepted = [(what, each) for what, each in chosen if not refused(each)]
    assert [what for what, each in accepted if not is_the_same_anyway(each)] == []
    assert len(accepted) < len(chosen)


@pytest.mark.rows(40)
@pytest.mark.parametrize("stem", stems())
def test_another_domain_is_refused(stem):
    proof = PROOFS[stem]
    text = dict(parts(proof.text))["Domain"]
    for condition in split(" ".join(text.split())):
        for other in widened(condition):
            conditions = [each for each in split(" ".join(text.split())) if each != condition]
            conditions += [other] if other else []
            body = ", ".join(conditions) or "everywhere"
            forged = replace(proof, text=proof.text.replace(text.replace("\n", "\n    "), body))
            assert forged.text != proof.text
            assert refused(forged), (condition, other)


@pytest.mark.parametrize("stem", stems())
def test_prose_in_a_statement_is_refused(stem):
    proof = PROOFS[stem]
    forged = with_statement(proof, "\n".join([*forms(proof), "For every batch this is so."]))
    assert "is neither the name of an equation" in " ".join(refused(forged))


@pytest.mark.parametrize("stem", stems())
def test_an_equation_that_is_not_stated_or_twice_is_refused(stem):
    proof = PROOFS[stem]
    first, *rest = forms(proof)
    assert any(
        each.endswith("is not stated") for each in refused(with_statement(proof, "\n".join(rest)))
    )
    twice = with_statement(proof, "\n".join([first, first, *rest]))
    assert any(each.endswith("is stated twice") for each in refused(twice))


@pytest.mark.parametrize(
    ("stem", "formula"),
    [
        ("b03_input_gradient_sums_to_zero", "0 = 0"),
        ("b03_input_gradient_sums_to_zero", r"\sum_i dx_i = \sum_i dx_i"),
        ("b03_input_gradient_sums_to_zero", r"\sum_i (x_i - \mu) = 0"),
        ("b03_input_gradient_sums_to_zero", r"\sum_i dx_i \neq 0"),
        ("b03_input_gradient_sums_to_zero", r"\sum_i dx_i = 0 = 0"),
        ("b03_input_gradient_sums_to_zero", r"\sum_i dx_i"),
        ("f01_mean", r"\frac{1}{m} \sum_i y_i = \beta"),
    ],
)
def test_what_is_true_but_not_the_theorem_is_refused(stem, formula):
    proof = PROOFS[stem]
    name = equations(proof.theorem)[0].name
    others = [each for each in forms(proof) if not each.startswith(f"{name}: ")]
    assert refused(with_statement(proof, "\n".join([f"{name}: {formula}", *others])))


def test_either_side_may_come_first_and_quantities_may_have_names():
    proof = PROOFS["b04_input_gradient_along_input"]
    statement = r"""
along x: \frac{\gamma \epsilon}{q} dgamma = \sum_{k=1}^{m} \frac{\partial L}{\partial x_k} x_k
along xhat: \sum_j \hat{x}_j dx_j = \epsilon \gamma q^{-3/2} dgamma
where q = \sigma^2 + \epsilon""".strip()
    assert refused(with_statement(proof, statement)) == []


def test_what_is_refused_is_not_proved():
    proof = PROOFS["b03_input_gradient_sums_to_zero"]
    forged = rewritten(proof, r"\sum_i dx_i = 0", r"\sum_i dx_i = 1")
    outcome = Outcome(forged, tuple(agreement(forged)), 0.0)
    assert not outcome.proved
    assert exit_code([outcome]) == 1
    (_, line) = lines(outcome)
    assert line.endswith(f"{STATED}: the statement says something else than the theorem")


def test_a_symbol_that_is_taken_is_not_defined_again():
    proof = PROOFS["b04_input_gradient_along_input"]
    forged = rewritten(proof, r"where s = \sqrt{\sigma^2 + \epsilon}", r"where \epsilon = 1")
    assert "has a meaning already" in " ".join(refused(forged))


def test_statements_are_made_of_formulas_alone():
    for proof in PROOFS.values():
        assert dict(parts(proof.text))[STATEMENT]
    with pytest.raises(NotSupported, match="belongs under 'In words"):
        stated("A. b\n\nStatement.\n    It holds.\n", ["x"])
