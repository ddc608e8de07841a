"""The budget of the ten most telling laws: what it tries, what it says, what it still sees."""

from pathlib import Path

import pytest

from bncheck.deviations import BY_NAME
from bncheck.engine import Options, plan
from bncheck.engine import verify as check
from bncheck.engine.options import BUDGETS, TELLING, patterns
from bncheck.engine.survey import tasks
from bncheck.errors import UsageError
from bncheck.laws import LAWS
from bncheck.model import BATCH, Domain
from bncheck.reports.json import as_data
from bncheck.reports.text import render

RIGHT = str(Path(__file__).parents[2] / "examples" / "numpy_layer.py")
SMALL = {"budget": "smoke", "dtypes": ("float32",), "save": None}


def test_ten_laws_that_there_are():
    assert len(TELLING) == len(set(TELLING)) == 10
    assert set(TELLING) <= {law.id for law in LAWS}
    assert set(TELLING) == set(BUDGETS["smoke"].laws)


def test_no_other_budget_chooses_laws():
    assert [name for name, budget in BUDGETS.items() if budget.laws] == ["smoke"]


def test_it_has_fewer_cases_than_quick():
    def examples(name):
        return sum(
            len(task.laws)
            for task in tasks(LAWS, Domain(), [("float32", "float32")], BUDGETS[name], 0)
        )

    assert 2 * examples("smoke") < examples("quick")


def test_the_report_says_that_only_ten_were_tried():
    report = check(RIGHT, **SMALL)
    assert report.exit_code == 0
    assert {finding.law for finding in report.findings} == set(TELLING)
    others = len([law for law in LAWS if law.about(BATCH)]) - 10
    told = f"{others} laws: budget smoke tries the 10 most telling, quick all"
    assert told in report.untried
    assert told in as_data(report)["untried"]
    assert render(report).splitlines()[-1].startswith(f"exit 0: 10 laws hold; {others} laws NOT")


@pytest.mark.parametrize(
    ("laws", "tried"),
    [
        ((), set(TELLING)),
        (("!B01",), set(TELLING) - {"B01"}),
        (("X03", "F00"), {"X03", "F00"}),
        (("X0*", "!X03"), {law.id for law in LAWS if law.id.startswith("X0")} - {"X03"}),
    ],
)
def test_laws_that_are_asked_for_win_over_the_ten(laws, tried):
    planned = plan(RIGHT, Options(laws=laws, **SMALL))
    assert {law for law, _ in planned} == tried


def test_laws_that_are_asked_for_are_all_that_was_to_be_tried():
    report = check(RIGHT, laws=("F00", "X03"), **SMALL)
    assert not [told for told in report.untried if "smoke" in told]
    assert {finding.law for finding in report.findings} == {"F00", "X03"}


def test_a_law_of_the_ten_that_is_left_out_is_skipped_by_name():
    report = check(RIGHT, laws=("!B01",), **SMALL)
    (left,) = [finding for finding in report.findings if finding.verdict == "skipped"]
    assert (left.law, left.reason.partition(":")[0]) == ("B01", "excluded")


def test_all_budgets_but_smoke_take_the_patterns_as_they_are():
    assert patterns(Options(laws=("B*",), budget="quick")) == ("B*",)
    assert patterns(Options(budget=30)) == ()


@pytest.mark.parametrize(
    "name",
    [
        "unbiased-variance",
        "missing-mean-term",
        "running-std",
        "reduces-batch-only",
        "updated-twice",
    ],
)
def test_deviations_of_every_family_are_caught(name):
    report = check(BY_NAME[name].apply(), **SMALL, shrink=False, diagnose=False)
    assert report.exit_code == 1


def test_a_name_that_is_nearly_it_is_told():
    with pytest.raises(UsageError, match=r"budget='smok'.*smoke, quick.*did you mean 'smoke'"):
        Options(budget="smok")
