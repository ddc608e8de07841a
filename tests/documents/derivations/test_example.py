"""Examples: both sides are computed, and agree; a false equation is told."""

from dataclasses import replace
from fractions import Fraction

import pytest

from bncheck.documents.derivations import example, worked
from bncheck.documents.derivations.section import Section
from bncheck.documents.model import Formula, Table
from bncheck.symbolic.expression import as_expr
from bncheck.symbolic.library import find
from bncheck.symbolic.proving import Outcome
from bncheck.symbolic.theorem import Check
from bncheck.symbolic.vocabulary import dy

PROOFS = {proof.stem: proof for proof in find()}
WITHOUT = {
    "b02_vanishing_term",
    "b03_input_gradient_sums_to_zero",
    "ln08_layer_norm_gradient_sums_to_zero",
    "ln23_layer_norm_cotangents_without_effect",
}
"""Both sides are 0 at every point: an example shows nothing."""


def computed(proof):
    """Return the example of a proof."""
    return example.computed(Section(Outcome(proof, (), 0.0)))


@pytest.mark.parametrize("stem", PROOFS)
def test_every_theorem_has_an_example_that_holds(stem):
    found = computed(PROOFS[stem])
    assert (found is None) == (stem in WITHOUT)
    if found is not None:
        assert found.holds
        assert any(left or right for _, left, right in found.rows)


def test_a_false_equation_is_not_said_to_hold():
    proof = PROOFS["b01_backward"]
    chain = proof.theorem.derivations[-1]
    wrong = replace(chain, steps=(replace(chain.steps[0], expression=as_expr(7)),))
    proof = replace(proof, theorem=replace(proof.theorem, derivations=(wrong,)))
    *_, table = worked.blocks(Section(Outcome(proof, (), 0.0)))
    assert isinstance(table, Table)
    assert table.caption == "They are NOT as stated."


def test_a_refuted_equation_is_not_shown_where_it_is_true_by_accident():
    proof = PROOFS["b01_backward"]
    chain = proof.theorem.derivations[-1]
    last = chain.steps[0].expression
    wrong = replace(chain, steps=(replace(chain.steps[0], expression=last + dy[1] - dy[1]),))
    proof = replace(proof, theorem=replace(proof.theorem, derivations=(wrong,)))
    refuted = Check(chain.name, "normal form, all m", "as it were")
    assert example.computed(Section(Outcome(proof, (), 0.0))) is not None
    assert example.computed(Section(Outcome(proof, (refuted,), 0.0))) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(3), Formula("3", "3")),
        (Fraction(-3, 4), Formula(r"-\frac{3}{4}", "-3/4")),
        (Fraction(-(10**9), 3), Formula(r"-3.33333 \ldots \cdot 10^{8}", "-3.33333... 10^(8)")),
        (Fraction(12345, 67891), Formula(r"0.181836 \ldots", "0.181836...")),
    ],
)
def test_numbers(value, shown):
    assert worked.number(value) == shown
