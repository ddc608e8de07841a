"""Every experiment runs, in small, and its controls flip."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from lab_small import drawn, shrunk

from bncheck.lab import family, store
from bncheck.lab.catalogue import BY_ID, EXPERIMENTS
from bncheck.lab.experiments import e12_larger_weights, e14_whitening
from bncheck.lab.statistics import decision
from bncheck.symbolic.library import find

IDS = [experiment.id for experiment in EXPERIMENTS]


@cache
def measured(name, cell, seed=5):
    experiment = shrunk(BY_ID[name])
    cell = experiment.cell(cell)
    return {arm: experiment.measure(cell, arm, drawn(), seed) for arm in cell.arms}


def cells(experiment):
    return [cell.name for cell in experiment.cells]


@pytest.mark.parametrize(("name", "cell"), [(e.id, cell) for e in EXPERIMENTS for cell in cells(e)])
def test_every_cell_gives_every_statistic(name, cell):
    experiment = BY_ID[name]
    arms = measured(experiment.runs or name, cell)
    effects = experiment.effects(experiment.cell(cell), arms)
    assert set(effects) == {statistic.name for statistic in experiment.statistics}
    text = store.line(store.Record(name, "0", cell, 5, "", 0.0, effects, arms))
    assert store._record(json.loads(text)).arms.keys() == arms.keys()


@pytest.mark.parametrize("name", [e.id for e in EXPERIMENTS if not e.runs])
def test_the_same_seed_gives_the_same(name):
    experiment = shrunk(BY_ID[name])
    cell = experiment.cells[0]
    arm = next(iter(cell.arms))
    once = measured(name, cell.name)[arm]
    again = experiment.measure(cell, arm, drawn(), 5)
    other = experiment.measure(cell, arm, drawn(), 6)
    assert json.dumps(once) == json.dumps(again)
    assert json.dumps(once) != json.dumps(other)


PRIMARY = [(name, s) for name, entries in family.PRIMARY.items() for s, _ in entries]
# the one arm that has no partner is compared with "bn"
PARTNERS = {("E17", "noise alone"): (("bn", "groups of 12"),)}


def partners(name, statistic):
    if name == "E19":
        return (("right", statistic),)
    return PARTNERS.get((name, statistic), BY_ID[name].partners)


@pytest.mark.parametrize(("name", "statistic"), PRIMARY)
def test_both_arms_the_same_have_no_effect(name, statistic):
    experiment = BY_ID[name]
    cell = experiment.cells[-1]
    arms = measured(experiment.runs or name, cell.name)
    same = {**arms, **{b: arms[a] for a, b in partners(name, statistic)}}
    assert experiment.effects(cell, same)[statistic] == 0


@pytest.mark.parametrize(("name", "statistic"), PRIMARY)
def test_swapped_arms_give_the_opposite(name, statistic):
    experiment = BY_ID[name]
    cell = experiment.cells[-1]
    arms = measured(experiment.runs or name, cell.name)
    pairs = partners(name, statistic)
    swap = {a: arms[b] for a, b in pairs} | {b: arms[a] for a, b in pairs}
    one, other = experiment.effects(cell, arms), experiment.effects(cell, {**arms, **swap})
    assert other[statistic] == pytest.approx(-one[statistic], abs=1e-12)


def test_the_right_backward_pass_under_another_name_costs_nothing():
    cell = BY_ID["E19"].cells[0]
    arms = measured("E19", cell.name)
    renamed = {**arms, "missing-gamma": arms["right"]}
    assert BY_ID["E19"].effects(cell, renamed)["missing-gamma"] == 0


@pytest.mark.parametrize("name", ["E01", "E07", "E16", "E17", "E19"])
def test_shuffled_labels_kill_accuracy(name):
    """No arm is above chance by more than test rows may be: 4 standard deviations of 100 rows."""
    experiment = shrunk(BY_ID[name])
    cell = experiment.cells[0]
    data = drawn().shuffled(np.random.default_rng(1))
    arm = list(cell.arms)[-1]
    finals = [experiment.measure(cell, arm, data, s)["acc"][-1] for s in range(4)]
    assert np.mean(finals) < 0.1 + 4 * (0.1 * 0.9 / 400) ** 0.5


def test_labels_that_say_something_are_learnt():
    """The control of the control."""
    experiment = shrunk(BY_ID["E01"])
    cell = experiment.cells[0]
    assert experiment.measure(cell, "bn", drawn(), 1)["acc"][-1] > 0.3


def test_an_effect_of_twice_the_margin_is_supported():
    for experiment in EXPERIMENTS:
        for statistic in experiment.statistics:
            if statistic.kind == "greater":
                values = 2 * statistic.margin * (1 + np.linspace(-0.1, 0.1, 12))
                assert decision(values, "greater", statistic.margin).verdict == "supported"


def test_exact_ones_break_where_the_law_is_broken(monkeypatch):
    """With eps left as it is, gradients differ; with an offset, distances do."""
    experiment = shrunk(BY_ID["E12"])
    cell = experiment.cells[0]
    assert experiment.effects(cell, measured("E12", cell.name))["gradients"] == 0
    right = e12_larger_weights.replace
    monkeypatch.setattr(
        e12_larger_weights,
        "replace",
        lambda net, **changes: net if "eps" in changes else right(net, **changes),
    )
    broken = {arm: experiment.measure(cell, arm, drawn(), 5) for arm in cell.arms}
    effects = experiment.effects(cell, broken)
    assert effects["gradients"] > 1
    assert effects["training"] > 1


def test_distances_of_whitened_samples_are_seen_to_differ():
    """A batch whose rank is m - 1, and whitened by something else, is no simplex."""
    z = np.random.default_rng(0).normal(size=(20, 100))
    right = e14_whitening._whitened(z)
    assert right["rank"] == 19
    assert right["unequal"] <= 1
    assert right["spread"] < 1e-10
    more = np.random.default_rng(0).normal(size=(130, 100))
    assert e14_whitening._whitened(more)["spread"] > 0.05


def test_the_family_names_what_there_is():
    for name, entries in family.PRIMARY.items():
        experiment = BY_ID[name]
        for statistic, names in entries:
            assert experiment.statistic(statistic).kind in ("greater", "equivalent")
            assert set(names) <= set(cells(experiment))
    exact = {e.id for e in EXPERIMENTS if {s.kind for s in e.statistics} <= {"exact", "value"}}
    assert set(family.PRIMARY) | exact == set(IDS)


def test_theorems_are_there():
    known = {proof.theorem.id for proof in find(())}
    for experiment in EXPERIMENTS:
        assert len(set(experiment.theorems)) == len(experiment.theorems)
        assert set(experiment.theorems) <= known


def test_readers_of_runs_have_cells_of_these():
    for experiment in EXPERIMENTS:
        if experiment.runs:
            runs = BY_ID[experiment.runs]
            assert all(runs.cell(cell.name) is cell for cell in experiment.cells)
            assert experiment.measure is runs.measure


def test_diverged_is_a_value():
    """At a rate that no net survives: at chance, an infinite loss, and as many looks."""
    experiment = shrunk(BY_ID["E01"])
    cell = experiment.cells[1]
    wild = replace(cell, arms={"none": replace(cell.arms["none"], rate=1e200)})
    found = experiment.measure(wild, "none", drawn(), 0)
    assert found["acc"][-1] == 0.1
    assert found["loss"][-1] == float("inf")
    assert len(found["acc"]) == len(found["step"])
