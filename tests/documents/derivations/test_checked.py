"""How something was checked is said as it was."""

from bncheck.documents.derivations.checked import NOT_CHECKED, sentence, step
from bncheck.symbolic.theorem import CHECKERS, Check

NORMAL, SMALL, POINTS = CHECKERS


def checks(refuted=None):
    """Return the checks of one equation of two steps, the second of which may be refuted."""
    ends = [Check("one", name, None) for name in CHECKERS]
    steps = [Check("one, step 1 (expand)", NORMAL, None)]
    return [*ends, *steps, Check("one, step 2 (collect)", NORMAL, refuted)]


def test_steps_and_ends():
    said = sentence("one", checks())
    assert said.startswith("Checked: each of the 2 steps for all m by the normal form; ")
    assert "m = 2 and 3" in said
    assert "m = 4 and 5" in said
    assert "rational points" in said


def test_only_what_was_asked_is_said():
    said = sentence("one", [Check("one", NORMAL, None)])
    assert said == "Checked: for all m by the normal form."


def test_the_checks_of_another_equation_do_not_count():
    assert sentence("other", checks()) == NOT_CHECKED


def test_refuted():
    assert sentence("one", checks("wrong")).startswith("REFUTED: ")
    assert step("one", 2, checks("wrong")) == f"{NORMAL}: wrong"
    assert step("one", 1, checks("wrong")) == ""
