"""All theorems are proved; every one of them with a sign flipped is refused, by each checker."""

import random
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from flipped_source import survivors

from bncheck.errors import NotSupported, UsageError
from bncheck.symbolic.checkers import normal_form, rationals, small_sizes
from bncheck.symbolic.expression import ONE, ZERO, Add, Expr, Mul, Symbol
from bncheck.symbolic.library import find, folder, stems
from bncheck.symbolic.proving import as_data, exit_code, prove
from bncheck.symbolic.theorem import CHECKERS, INSTANCES, Theorem, check, derive
from bncheck.symbolic.trees import walk

PROOFS = {proof.stem: proof for proof in find()}
THEOREMS = [proof.theorem for proof in PROOFS.values()]


def flipped(expr: Expr) -> Expr:
    """Return the expression with the sign of its first term, or its own, changed."""
    if not normal_form.refutation(expr, ZERO):
        return expr + ONE  # zero has no sign
    if isinstance(expr, Add) and normal_form.refutation(expr.terms[0], ZERO):
        return Add((-expr.terms[0], *expr.terms[1:]))
    return -expr


def test_there_are_enough_and_each_is_one_file_with_one_id():
    assert len(THEOREMS) >= 156
    for stem, proof in PROOFS.items():
        assert stem.split("_")[0] == proof.theorem.id.lower()
        assert re.match(rf"{proof.theorem.id}\. .*\n\nStatement\.\n", proof.text)
        assert "\nSketch.\n" in proof.text
        assert "\nSource.\n" in proof.text


@pytest.mark.parametrize("stem", stems())
def test_proved(stem):
    checks = list(check(PROOFS[stem].theorem))
    assert [c for c in checks if c.refuted is not None] == []
    assert {c.checker for c in checks} >= set(CHECKERS)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_a_flipped_sign_in_any_step_is_refused(theorem):
    for derivation in theorem.derivations:
        lines = [derivation.start, *(step.expression for step in derivation.steps)]
        for before, after in pairwise(lines):
            assert normal_form.refutation(before, flipped(after)), derivation.name


@pytest.mark.parametrize("theorem", [t for t in THEOREMS if t.inequalities], ids=lambda t: t.id)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_flipped_gap_is_refused_by_each_checker_alone(theorem, checker):
    for inequality in theorem.inequalities:
        difference = inequality.greater - inequality.lesser
        forged = flipped(inequality.gap)
        assert CHECKERS[checker](difference, forged), inequality.name
        forged = flipped(inequality.greater) - inequality.lesser
        assert CHECKERS[checker](forged, inequality.gap), inequality.name


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_exact_rationals_alone_refuse_a_flipped_sign(theorem):
    for derivation in theorem.derivations:
        assert rationals.refutation(derivation.start, flipped(derivation.end)), derivation.name


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_sympy_alone_refuses_a_flipped_sign(theorem):
    for derivation in theorem.derivations:
        assert small_sizes.refutation(derivation.start, flipped(derivation.end)), derivation.name


@pytest.mark.parametrize(
    "theorem", [t for t in THEOREMS if t.instances is not None], ids=lambda t: t.id
)
def test_literal_instances_are_there_and_hold(theorem):
    instances = list(theorem.instances(random.Random(1)))
    assert len(instances) >= 3
    assert all(left == right for _, left, right in instances)
    (verdict,) = [c for c in check(theorem) if c.checker == INSTANCES]
    assert verdict.refuted is None


def test_instances_that_do_not_hold_refute():
    theorem = next(t for t in THEOREMS if t.id == "I03")
    forged = replace(theorem, instances=lambda rng: iter([("one", 1, 2)]))
    (refuted,) = [c.refuted for c in check(forged) if c.checker == INSTANCES]
    assert "1 is not 2" in refuted


def test_a_gap_that_could_be_negative_is_refused():
    theorem = next(t for t in THEOREMS if t.id == "F30")
    gap = theorem.derivations[0].end  # mean of squares - square of the mean: true, not manifest
    inequality = replace(
        next(t for t in THEOREMS if t.id == "S02").inequalities[0],
        lesser=ZERO,
        greater=theorem.derivations[0].start,
        gap=gap,
    )
    forged = Theorem("X", "x", inequalities=(inequality,), kind="inequality")
    failed = [c.checker for c in check(forged) if c.refuted]
    assert failed == ["manifestly not negative"]


def test_a_hypothesis_counts_only_where_it_is_given():
    theorem = next(t for t in THEOREMS if t.id == "F29")
    (inequality,) = theorem.inequalities
    bare = replace(theorem, inequalities=(replace(inequality, given=()),))
    assert [c.checker for c in check(bare) if c.refuted] == ["manifestly not negative"]


def test_theorems_that_say_nothing_are_refused():
    with pytest.raises(ValueError, match="no equation"):
        Theorem("X", "x")
    with pytest.raises(ValueError, match="needs instances"):
        Theorem("X", "x", (derive("a", 1, ("cancel", 1)),), kind="induction")
    with pytest.raises(ValueError, match="needs an argument"):
        Theorem("X", "x", (derive("a", 1, ("cancel", 1)),), kind="limit")
    with pytest.raises(ValueError, match="unknown rule 'magic'"):
        derive("a", 1, ("magic", 1))


def test_names_and_reports():
    outcomes = list(prove(["B03", "f03_shift_invariance"]))
    assert [o.proof.theorem.id for o in outcomes] == ["B03", "F03"]
    assert exit_code(outcomes) == 0
    data = as_data(outcomes)
    assert (data["ok"], data["counts"]) == (True, {"planned": 2, "holds": 2})
    with pytest.raises(UsageError, match="did you mean 'b03'"):
        list(prove(["B033"]))
    assert exit_code([]) == 2


def mutants(expr: Expr):
    """Yield generated forgeries: sign, factor, missing term, m - 1 for m, eps moved."""
    for node in dict.fromkeys(walk(expr)):
        if isinstance(node, Add):
            for at, term in enumerate(node.terms):
                others = (*node.terms[:at], *node.terms[at + 1 :])
                yield swapped(expr, node, Add((*others, -term)))
                yield swapped(expr, node, Add(others) if len(others) > 1 else others[0])
        if isinstance(node, Mul):
            yield swapped(expr, node, 2 * node)
        if node == Symbol("m", positive=True):
            yield swapped(expr, node, node - 1)
        if node == Symbol("eps", positive=True):
            yield swapped(expr, node, node**2)
            yield swapped(expr, node, 2 * node)


def swapped(expr: Expr, old: Expr, new: Expr) -> Expr:
    from bncheck.symbolic.expression import rebuild

    if expr == old:
        return new
    return rebuild(expr, tuple(swapped(child, old, new) for child in expr.children))


def test_generated_forgeries_are_refused():
    refused, equivalent = 0, 0
    for name in ("f02_variance", "f19_differences", "b25_golden_gradients"):
        for derivation in PROOFS[name].theorem.derivations:
            for forged in mutants(derivation.end):
                try:
                    verdict = normal_form.refutation(derivation.start, forged)
                    other = rationals.refutation(derivation.start, forged)
                except NotSupported:  # undecided is never accepted either
                    refused += 1
                    continue
                assert (verdict is None) == (other is None)
                refused += verdict is not None
                equivalent += verdict is None
    assert refused >= 100
    assert equivalent < refused / 4


CATALOGUE = [
    *(f"F{n:02}" for n in range(1, 35)),
    *(f"B{n:02}" for n in range(1, 29)),
    *(f"W{n:02}" for n in range(1, 20)),
    *(f"I{n:02}" for n in range(1, 19)),
    *(f"S{n:02}" for n in range(1, 8)),
    *(f"L{n:02}" for n in range(1, 10)),
]


def reasons() -> dict[str, str]:
    """Return the table of laws without a theorem, from the page that people read."""
    page = (folder() / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]\d\d\w?) \| (.+) \| (.+) \|$", page, re.MULTILINE)
    return {law: reason for law, _, reason in rows}


def test_laws_have_a_theorem_or_a_reason():
    proved = {theorem.id for theorem in THEOREMS}
    laws = pytest.importorskip("bncheck.laws").LAWS
    known = {*CATALOGUE, *(law.id for law in laws if law.algebraic)}
    # a law may have theorems for its parts, such as F05 and F05a, and then still says why
    assert known - proved == set(reasons())
    assert all(reasons().values())


def test_theorems_that_laws_cite_are_there():
    laws = pytest.importorskip("bncheck.laws").LAWS
    cited = {law.id: re.findall(r"\b[A-Z]{1,3}\d\d\b", law.source) for law in laws}
    assert {id for ids in cited.values() for id in ids} <= {theorem.id for theorem in THEOREMS}
    assert cited["N01"] == ["LN12", "RMS12", "GN08"]
    for law, reason in reasons().items():  # the page names the same
        assert law not in cited or re.findall(r"\b[A-Z]{2,3}\d\d\b", reason) == cited[law], law


@pytest.mark.parametrize(
    "stem", ["b24_pseudo_inverse", "i05_train_eval_gap", "s02_naive_averaging"]
)
def test_a_flipped_sign_anywhere_in_the_file_is_refused(stem):
    # in definitions too, which both sides of an equation may use; all files: flipped_source
    assert survivors(stem) == []


@pytest.mark.parametrize("stem", ["b26_permutation", "f09_permutation"])
def test_a_flipped_sign_in_what_is_computed_literally_is_refused(stem):
    # an equivariant function need not be batch normalization; what is left is a random range
    assert all(where.endswith(": -9") for where in survivors(stem))
