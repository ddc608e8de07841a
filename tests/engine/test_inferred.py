"""Laws that need not be measured: where, how often, and never where something is wrong."""

from dataclasses import replace

import pytest
from correct import CORRECT

from bncheck import verify
from bncheck.cases import Recipe, Values
from bncheck.deviations import BY_NAME
from bncheck.engine import measure as measuring
from bncheck.engine import parts
from bncheck.engine.measure import measure
from bncheck.engine.options import BUDGETS
from bncheck.engine.survey import tasks
from bncheck.engine.target import Target
from bncheck.laws import LAWS
from bncheck.model import BATCH, Convention, Domain
from bncheck.trial.trial import Guard

RECIPE = Recipe(shape=(9, 4), x=Values((3, -1, 7, 2), "noise"), dy=Values((1, 5, -3), "noise"))
SHARED = [law for law in LAWS if law.shared and law.about(BATCH)]
FOLLOW = {law.id for law in SHARED if law.follows}


def statuses(made, inferred=FOLLOW, recipe=RECIPE, laws=SHARED):
    wanted = [law for law in laws if law.needs <= made.abilities]
    target = Target(made, made.convention, Guard())
    found = measure(target, recipe.plain(), wanted, confirm=True, explain=False, inferred=inferred)
    return {result["law"]: result for result in found}


def following(found):
    return {law for law, result in found.items() if result["status"] == "follows"}


def test_what_follows_is_not_measured():
    assert following(statuses(CORRECT[0])) == FOLLOW
    assert following(statuses(CORRECT[0], inferred={"F01"})) == {"F01"}
    assert following(statuses(CORRECT[0], inferred=())) == set()


def test_without_what_it_follows_from_it_is_measured():
    laws = [law for law in SHARED if law.id != "F00"]
    measured = {law.id for law in SHARED if "F00" in law.follows}
    assert following(statuses(CORRECT[0], laws=laws)) == FOLLOW - measured


def test_where_the_output_is_wrong_all_that_follow_from_it_are_measured():
    found = statuses(BY_NAME["eps-outside-root"].apply(), recipe=replace(RECIPE, eps=0.5))
    assert found["F00"]["fails"]
    assert following(found).isdisjoint({law.id for law in SHARED if "F00" in law.follows})


def test_where_a_gradient_is_wrong_all_that_follow_from_it_are_measured():
    found = statuses(BY_NAME["missing-mean-term"].apply())
    assert found["B01"]["fails"]
    assert following(found) == {law.id for law in SHARED if law.follows == ("F00",)}


def test_without_a_gradient_that_they_read_they_are_asked():
    made = CORRECT[0]

    def make(case):
        layer = made.make(case)
        return replace(layer, backward=lambda dy: replace(layer.backward(dy), dbeta=None))

    found = statuses(replace(made, make=make))
    assert following(found) == {law.id for law in SHARED if law.follows == ("F00",)}


def test_behind_an_activation_nothing_follows():
    made = replace(CORRECT[0], convention=Convention(activation="relu"))
    assert not following(statuses(made))


def test_where_the_oracle_is_hardly_finer_nothing_follows():
    made = replace(CORRECT[0], convention=Convention(accumulates="float64"))
    assert not following(statuses(made))


def test_in_parts_what_follows_in_each_of_them_follows(monkeypatch):
    monkeypatch.setattr(measuring, "MOST_AT_ONCE", 16)
    monkeypatch.setattr(parts, "PER_PART", 18)
    assert following(statuses(CORRECT[0])) == FOLLOW
    assert "B03" not in following(statuses(BY_NAME["missing-mean-term"].apply()))


@pytest.fixture(scope="module")
def planned():
    return list(tasks(SHARED, Domain(), [("float32", "float32")], BUDGETS["standard"], 0))


def test_it_is_measured_on_a_share_of_the_cases_and_in_each_regime_of_small_ones(planned):
    small = {task.regime for task in planned if task.recipe.size <= 4096}
    for law in FOLLOW:
        asked = [task for task in planned if law in task.laws]
        measured = [task for task in asked if law not in task.inferred]
        assert len(asked) == len(planned)
        assert len(measured) < len(asked) / 2
        first = {task.regime for task in planned if planned_first(planned, task)}
        assert {task.regime for task in measured} >= first & small
    assert not any(set(task.inferred) - FOLLOW for task in planned)


def planned_first(planned, task):
    """Whether it is the first of its regime, and small."""
    first = next(each for each in planned if each.regime == task.regime)
    return first is task and task.recipe.size <= 4096


def test_large_cases_are_measured_only_where_something_is_wrong(planned):
    assert any(task.recipe.size > 4096 for task in planned)
    for task in planned:
        if task.recipe.size > 4096:
            assert set(task.inferred) == FOLLOW


def test_the_report_counts_them():
    report = verify("examples/numpy_layer.py", budget="quick", save=None, laws=("F00", "F01"))
    found = {finding.law: finding for finding in report.findings if finding.dtype == "float32"}
    assert found["F00"].follows == 0
    assert found["F01"].follows > 0
    assert found["F01"].examples > 0
    together = found["F01"].examples + found["F01"].follows + found["F01"].no_promise
    assert together >= found["F00"].examples


def test_a_law_alone_is_measured_everywhere():
    report = verify("examples/numpy_layer.py", budget="quick", save=None, laws=("F01",))
    assert all(finding.follows == 0 for finding in report.findings)
