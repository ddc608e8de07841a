"""Every equation with one thing changed is refused, by each of two checkers alone.

A flipped sign is tried for all three in `test_proofs`.
"""

import os

import pytest
from mutated import some

from bncheck.errors import NotSupported
from bncheck.symbolic.checkers import normal_form, rationals
from bncheck.symbolic.expression import Expr
from bncheck.symbolic.library import find
from bncheck.symbolic.stating.agreeing import equations

PROOFS = list(find())
DERIVATIVES = {"B12", "B18"}
"""Their right sides are derivatives and nothing else; what one is of is left as it is."""
MUTANTS = int(os.environ.get("BNCHECK_MUTANTS", "2"))
"""For each equation; BNCHECK_MUTANTS=40 tries more."""


def accepted(checker, left: Expr, right: Expr) -> bool:
    """Whether a checker accepts an equation; what it cannot decide it does not accept."""
    try:
        return checker.refutation(left, right) is None
    except (NotSupported, ZeroDivisionError, ValueError):
        return False


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.theorem.id)
def test_exact_rationals_accept_nothing_that_the_normal_form_refutes(proof):
    refused = 0
    for equation in equations(proof.theorem):
        if equation.sign != "=":
            continue
        for what, changed in some(equation.right, f"{proof.stem} {equation.name}", MUTANTS):
            if not accepted(rationals, equation.left, changed):
                refused += 1
                continue
            try:
                difference = normal_form.refutation(equation.left, changed)
            except (NotSupported, ZeroDivisionError, ValueError):
                continue
            assert difference is None, (equation.name, what)
    plain = all(e.sign != "=" or not e.right.children for e in equations(proof.theorem))
    assert refused or plain or proof.theorem.id in DERIVATIVES
