"""Large cases: measured some channels at a time, with the verdicts of the whole."""

from dataclasses import replace

import pytest
from correct import CORRECT, algorithm, one_pass

from bncheck.cases import REGIMES, Recipe, Values, within
from bncheck.cases.regimes.networks import RESNET_50
from bncheck.deviations import BY_NAME
from bncheck.engine import measure as measuring
from bncheck.engine import parts
from bncheck.engine.measure import measure
from bncheck.engine.options import BUDGETS
from bncheck.engine.survey import tasks
from bncheck.engine.target import Target
from bncheck.errors import TargetRaised
from bncheck.laws import LAWS
from bncheck.model import Domain, Implementation
from bncheck.model.formats import FLOAT32
from bncheck.trial.trial import Guard

RECIPE = Recipe(
    shape=(4, 6, 3, 3),
    x=Values((3, -1, 7, 2), "noise", (0, 1, -1), (100.0, -2.0, 0.5)),
    dy=Values((1, 5, -3), "noise"),
    gamma=(1.5, -2.0, 0.5),
    beta=(0.5, -1.0, 2.0),
    layout="channels_last",
)
SHARED = [law for law in LAWS if law.shared and law.id != "F20"]  # F20 compares channels


def measured(made, laws=SHARED, recipe=RECIPE):
    wanted = [law for law in laws if law.needs <= made.abilities]
    target = Target(made, made.convention, Guard())
    return {
        r["law"]: r for r in measure(target, recipe.plain(), wanted, confirm=True, explain=True)
    }


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(measuring, "MOST_AT_ONCE", 64)
    monkeypatch.setattr(parts, "PER_PART", 80)  # two channels each


@pytest.mark.parametrize(
    "made",
    [
        CORRECT[0],
        algorithm(statistics=one_pass),
        BY_NAME["missing-mean-term"].apply(),
        BY_NAME["batch-statistics-in-inference"].apply(),
        BY_NAME["running-var-plus-eps"].apply(),
    ],
    ids=lambda i: i.name,
)
def test_parts_give_the_verdict_of_the_whole(made, monkeypatch):
    whole = measured(made)
    monkeypatch.setattr(measuring, "MOST_AT_ONCE", 64)
    monkeypatch.setattr(parts, "PER_PART", 80)
    apart = measured(made)
    assert whole.keys() == apart.keys()
    for law, result in whole.items():
        if result["status"] != "measured":
            assert apart[law]["status"] == result["status"]
            continue
        assert apart[law]["fails"] == result["fails"], law
        if not law.startswith("P"):  # facts are stated once for each part
            assert apart[law]["compared"] == result["compared"], law
        assert apart[law]["error"] == pytest.approx(result["error"], rel=1e-12, abs=1e-300), law


def test_the_target_is_called_once_on_the_whole(small_parts):
    shapes = []
    made = CORRECT[0]

    def make(case):
        shapes.append(case.x.shape)
        return made.make(case)

    measured(Implementation("counted", make, made.abilities, made.convention, made.domain))
    assert shapes == [RECIPE.shape] * 2  # one step of training, one of inference


def test_a_target_that_raises_on_the_whole_is_told(small_parts):
    made = CORRECT[0]

    def make(case):
        raise TargetRaised("ValueError", "too large", "construction")

    wrong = Implementation("raises", make, made.abilities, made.convention, made.domain)
    assert {r["status"] for r in measured(wrong).values()} == {"raised"}


def test_a_target_without_training_is_left_out(small_parts):
    made = CORRECT[0]
    only = replace(made, domain=replace(made.domain, training=False))
    results = measured(only).values()
    assert {(r["status"], r["reason"]) for r in results} == {("inapplicable", "training")}


def test_laws_that_make_calls_of_their_own_are_left_out(small_parts):
    own = [law for law in LAWS if law.id == "F03"]
    assert measured(CORRECT[0], own)["F03"]["status"] == "inapplicable"


def test_thorough_has_every_layer_of_resnet_50_and_no_other_budget_has_one():
    seen = {}
    for name in ("standard", "thorough"):
        laws = [law for law in LAWS if law.id == "F00"]
        domain = Domain(ranks=(4,))
        planned = tasks(laws, domain, [("float32", "float32")], BUDGETS[name], 0)
        seen[name] = {t.recipe.shape for t in planned if t.regime.startswith("resnet")}
    assert seen == {
        "standard": set(),
        "thorough": {(32, channels, side, side) for channels, side in RESNET_50},
    }


def test_a_fixed_number_of_channels_keeps_them():
    large = [r for r in REGIMES if r.name.startswith("resnet")]
    narrowed = [within(r, Domain(ranks=(4,), channels=5), FLOAT32) for r in large]
    assert {r.shapes[0][1] for r in narrowed} == {5}


def test_large_cases_come_last():
    laws = [law for law in LAWS if law.id == "F00"]
    planned = tasks(laws, Domain(ranks=(2, 4)), [("float32", "float32")], BUDGETS["thorough"], 0)
    names = [t.regime.startswith("resnet") for t in planned]
    assert names == sorted(names)
