"""The largest formulas: a bound on work that is a count, and verdicts that need no long one."""

import pytest

from bncheck.errors import NotSupported
from bncheck.symbolic.claims import judge as judging
from bncheck.symbolic.claims import sizes
from bncheck.symbolic.claims.conditions import differ_under
from bncheck.symbolic.claims.judge import MAX_PRODUCTS, judge
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.claims.statement import statements
from bncheck.symbolic.work import STEPS, TooLarge, limited

WHERE = {"n": "size", "z": "array over n", r"\mathrm{dz}": "array over n"}
TOTAL = r"(\sum_{j=1}^{m} x_{j} + \sum_{j=1}^{n} z_{j})"
MEAN = rf"\frac{{1}}{{m + n}} {TOTAL}"


def root(over="m + n", first=f"- {MEAN}", second=f"- {MEAN}"):
    squares = rf"\sum_{{k=1}}^{{m}} (x_{{k}} {first})^2 + \sum_{{q=1}}^{{n}} (z_{{q}} {second})^2"
    return rf"\sqrt{{\frac{{1}}{{{over}}} ({squares}) + \epsilon}}"


def weighted(factor, root_of_x, root_of_z, then=""):
    """The sum of dy over x and that of dz over z: statistics of two batches together."""
    of_x = r"\sum_{i=1}^{m} \frac{\partial L}{\partial y_{i}} "
    of_z = r"\sum_{p=1}^{n} \mathrm{dz}_{p} "
    of_x += rf"(\frac{{{factor}}}{{{root_of_x}}} (x_{{i}} - {MEAN}){then})"
    of_z += rf"(\frac{{{factor}}}{{{root_of_z}}} (z_{{p}} - {MEAN}){then})"
    return f"{of_x} + {of_z}"


LOSS = weighted(r"\gamma", root(), root(), then=r" + \beta")
LEFT = rf"\frac{{\partial}}{{\partial \gamma}} ({LOSS})"
TRUE = f"{LEFT} = {weighted('1', root(), root())}"
OTHER_ROOTS = (
    root("n - m", second=f"+ {MEAN}"),
    root(first=rf"- \frac{{1}}{{(m + n)^2}} {TOTAL}"),
)
MUTATED = f"{LEFT} = {weighted('1', *OTHER_ROOTS)}"
"""Three roots, one over n - m: its normal form had 43,000 terms, as m was found in terms of m."""


@pytest.fixture
def spent(monkeypatch):
    """Every count of work that a verdict made."""
    counts = []

    def counted(most):
        block = limited(most)

        class Kept:
            def __enter__(self):
                counts.append(block.__enter__())
                return counts[-1]

            def __exit__(self, *raised):
                return block.__exit__(*raised)

        return Kept()

    for module in (judging, sizes):
        monkeypatch.setattr(module, "limited", counted)
    return counts


def test_statistics_of_two_batches_that_differ_are_told_apart_at_a_point(spent):
    verdict = judge(MUTATED, WHERE, repair=False)
    assert verdict.verdict == "false"
    assert verdict.counterexample is not None
    assert spent
    assert sum(work.products for work in spent) == 0


def test_the_true_formula_is_proved_within_a_fraction_of_what_is_allowed(spent):
    assert judge(TRUE, WHERE, repair=False).verdict == "true"
    assert 0 < sum(work.products for work in spent) < MAX_PRODUCTS // 20
    assert sum(work.steps for work in spent) < STEPS * MAX_PRODUCTS // 100


def test_the_normal_form_adds_a_term_about_as_often_as_it_makes_one():
    (statement,) = statements(MUTATED, WHERE)
    with limited(MAX_PRODUCTS) as work, pytest.raises(NotSupported, match="no unknown"):
        same(statement.left, statement.right)
    assert work.products < MAX_PRODUCTS
    assert work.steps < 2 * work.products  # hundreds of millions, when each sum was a copy


def test_sizes_that_must_not_be_alike_are_not():
    (statement,) = statements(r"\frac{\mu}{n - m} = \frac{\mu}{m - n}", WHERE)
    assert differ_under((), statement.left, statement.right)
    (statement,) = statements(r"\frac{\mu}{n - m} = -\frac{\mu}{m - n}", WHERE)
    assert not differ_under((), statement.left, statement.right)


def test_a_formula_that_costs_too_much_is_undecided_and_says_what_to_do(monkeypatch):
    monkeypatch.setattr(judging, "MAX_PRODUCTS", 20)
    verdict = judge(TRUE, WHERE, repair=False)
    assert verdict.verdict == "undecided"
    assert "state it in smaller steps" in verdict.reason
    assert "more than 1,000 steps" in verdict.reason


def nested(body, *letters):
    for letter in letters:
        body = rf"\frac{{\partial}}{{\partial {letter}}} ({body})"
    return body


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (nested(r"y_i^3 \hat{x}_i^2", *6 * ["x_j"]) + " = 0", "false"),
        (nested(r"y_i^3 \hat{x}_i^2", *8 * ["x_j"]) + " = 0", "false"),
        (nested("y_i^3", "x_p", "x_l", "x_k", "x_j") + " = 0", "false"),
        (nested(r"\hat{x}_i y_i", "x_j", "x_j", *4 * [r"\epsilon"]) + " = 0", "false"),
        (nested(r"\sum_{i=1}^{m} y_i^4", *4 * ["x_j"]) + " = 0", "false"),
        (nested("y_i^8", *4 * [r"\gamma"]) + r" = 1680 \hat{x}_i^4 y_i^4", "true"),
        (rf"{nested(r'y_i^2', *3 * ['x_j'])} = {nested('y_i y_i', *3 * ['x_j'])}", "true"),
    ],
)
def test_derivatives_of_derivatives_take_a_part_of_what_is_allowed(formula, verdict, spent):
    """The first took minutes that nothing counted: each part was looked at wherever it stood."""
    assert judge(formula).verdict == verdict
    assert sum(work.steps for work in spent) < STEPS * MAX_PRODUCTS // 4


def test_what_is_found_at_a_point_is_false_where_there_is_no_room_for_conditions(monkeypatch):
    formula = nested(r"\hat{x}_i^2", "x_j", "x_j") + r" = \epsilon"
    monkeypatch.setattr(judging, "conditions", refusing)
    verdict = judge(formula, repair=False)
    assert verdict.verdict == "false"
    assert verdict.counterexample is not None


def refusing(*_):
    raise TooLarge


def test_reading_is_bounded_too(monkeypatch):
    monkeypatch.setattr(judging, "MAX_PRODUCTS", 1)
    verdict = judge(nested("y_i^3", "x_j", "x_j") + " = 0")
    assert verdict.verdict == "undecided"
    assert "more than 50 steps" in verdict.reason


def test_a_formula_that_uses_every_letter_for_its_sums_is_judged():
    """A correction looked for one more letter, and there was none."""
    sums = "".join(rf"\sum_{{{letter}=1}}^{{m}} " for letter in "ijkl")
    assert judge(sums + "(x_i - x_j)^2 (x_k - x_l)^2 (x_i - x_k)^2 = 0").verdict == "false"
