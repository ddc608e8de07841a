"""The largest formulas: a bound on work that is a count, and verdicts that need no long one."""

import pytest

from bncheck.symbolic.claims import judge as judging
from bncheck.symbolic.claims import sizes
from bncheck.symbolic.claims.conditions import differ_under
from bncheck.symbolic.claims.judge import MAX_PRODUCTS, judge
from bncheck.symbolic.claims.quotients import same
from bncheck.symbolic.claims.statement import statements
from bncheck.symbolic.work import STEPS, limited

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
"""Three roots, one over n - m: its normal form has 43,000 terms."""


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
    with limited(MAX_PRODUCTS) as work:
        assert not same(statement.left, statement.right)
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
