"""Registered results come out again, and what does not is seen."""

import json
from dataclasses import replace
from importlib import resources

import pytest
from lab_small import drawn, record, shrunk

from bncheck.lab import catalogue, checking, datasets
from bncheck.lab.checking import Opening, apart, check, differs
from bncheck.lab.disturbed import SIDES

PACKAGE = resources.files("bncheck.lab").joinpath("registered")
SMALL = {e.id: shrunk(e) for e in catalogue.EXPERIMENTS}
E16, E12 = SMALL["E16"], SMALL["E12"]


@pytest.fixture
def registered(monkeypatch):
    """Records and first steps of two small experiments, as if they were the package's."""
    monkeypatch.setattr(datasets, "load", lambda name, given=None: drawn())
    records, openings = [], {}
    for experiment in (E16, E12):
        digest = catalogue.definition(experiment)
        for cell in experiment.cells:
            records.append(record(experiment.id, cell.name, 7, {"final": 0.0}, digest=digest))
            for arm in cell.arms if experiment.opening else ():
                made = experiment.opening(cell, arm, drawn(), 7)
                openings[experiment.id, cell.name, arm] = Opening(
                    digest, 7, tuple(made["losses"]), (1e-15,) * len(made["losses"]), made["right"]
                )
    monkeypatch.setattr(checking, "registered", lambda: tuple(records))
    monkeypatch.setattr(checking, "read", lambda: openings)
    return records, openings


def wrong(*experiments):
    return {(f.experiment, f.cell): f.wrong for f in check(experiments) if f.wrong}


def test_what_is_as_it_was(registered):
    assert wrong(E16, E12) == {}
    assert len(list(check((E16, E12)))) == 4


def test_another_training_is_seen(registered):
    """Another rate, another net, another order: all show in the first steps."""
    cell = E16.cells[0]
    for changes in ({"rate": 0.5000001}, {"order": 4}, {"decay": 1e-9}):
        arms = {**cell.arms, "after": replace(cell.arms["after"], **changes)}
        changed = replace(E16, cells=(replace(cell, arms=arms), *E16.cells[1:]))
        assert set(wrong(changed)) == {("E16", cell.name)}


def test_a_law_that_is_broken_is_seen(registered, monkeypatch):
    measure = E12.measure

    def broken(cell, arm, data, seed):
        return {**measure(cell, arm, data, seed), "differ": 1}

    assert wrong(replace(E12, measure=broken))["E12", "digits"].startswith("losses and weights")


def test_another_definition_is_seen(registered, monkeypatch):
    monkeypatch.setattr(catalogue, "definition", lambda experiment: "another")
    assert wrong(E16) == {
        ("E16", ""): "its definition is not the one that was registered: run it anew"
    }


def test_nothing_registered_is_told(monkeypatch):
    monkeypatch.setattr(checking, "registered", lambda: ())
    assert wrong(E16) == {("E16", ""): "nothing is registered"}


def test_data_that_are_not_there_are_left_out(registered, monkeypatch):
    monkeypatch.setattr(datasets, "available", lambda name, given=None: "not here")
    found = list(check((E16,)))
    assert {f.left_out for f in found} == {"not here"}
    assert not any(f.wrong for f in found)


KEPT = Opening("d", 0, (2.0, 1.0, 0.5), (0.0, 1e-15, 1e-12), 70)


@pytest.mark.parametrize(
    ("losses", "right", "says"),
    [
        ((2.0, 1.0, 0.5), 70, ""),
        ((2.0, 1.0, 0.5 * (1 + SIDES * 0.9e-12)), 70, ""),
        ((2.0, 1.0, 0.5 * (1 + SIDES * 1.1e-12)), 70, "loss 2"),
        ((2.5, 1.0, 0.5), 70, "loss 0 is 2.5, registered 2.0: apart by 2e-01, rounding by 0e+00"),
        ((2.0, float("nan"), 0.5), 70, "loss 1"),
        ((2.0, 1.0), 70, "2 losses"),
        ((2.0, 1.0, 0.5), 71, "71 test rows"),
    ],
)
def test_how_far_first_steps_may_be_off(losses, right, says):
    told = differs(KEPT, {"losses": losses, "right": right})
    assert told.startswith(says)
    assert bool(told) == bool(says)


def test_counts_on_which_disturbed_trainings_disagree_are_not_compared():
    assert differs(replace(KEPT, right=None), {"losses": KEPT.losses, "right": 3}) == ""


def test_what_is_no_number_on_both_sides_is_the_same():
    nan, inf = float("nan"), float("inf")
    assert apart(nan, nan) == 0
    assert apart(inf, inf) == 0
    assert apart(inf, 1.0) == inf
    assert apart(0.0, 0.0) == 0
    assert apart(1.0, 2.0) == 0.5


def test_no_kernel_is_further_off_than_what_was_derived():
    """What is registered: six kernels against disturbed arithmetic, at every place."""
    kept = json.loads((PACKAGE / "openings.json").read_text(encoding="utf-8"))["openings"]
    seen = 0
    for one in kept:
        for kernels, spread in zip(one["kernels"], one["spread"], strict=True):
            assert spread is None or (kernels is not None and kernels <= SIDES * spread)
            seen += bool(kernels)
    assert seen > 500
