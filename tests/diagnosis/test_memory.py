"""Equal calls that differ are called nondeterministic, each time; a switch is told apart."""

import pathlib

import numpy as np
import pytest

from bncheck.cases import Recipe
from bncheck.diagnosis.memory import DIFFERS, HIDDEN, lie
from bncheck.diagnosis.scripts import Answer
from bncheck.engine import verify

RACY = pathlib.Path(__file__).parents[1] / "support" / "street_inputs" / "t03_tileops1727.py"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_racy_update_is_nondeterministic_each_time(seed):
    report = verify(
        str(RACY),
        laws=("F00", "I14", "P02"),
        budget="quick",
        dtypes=("float32",),
        seed=seed,
        save=None,
    )

    assert report.exit_code == 1
    assert [cause["deviation"] for cause in report.causes] == ["nondeterministic"]
    assert "running" in report.causes[0]["text"]


def told(answers, monkeypatch):
    """What is made of a target that gives these answers in turn, none of which is right."""
    given = iter(answers)
    monkeypatch.setattr("bncheck.diagnosis.memory.read", lambda y: Answer({"y": np.array(y)}))

    def ask(request):
        return {"answers": {script: next(given) for script in request["scripts"]}}

    return lie((Recipe(shape=(2, 2)),), ask, lambda *_: False)


ONE, TWO, THREE = [[1.0, 2.0], [3.0, 4.0]], [[2.0, 3.0], [4.0, 5.0]], [[3.0, 4.0], [5.0, 6.0]]
PARTLY = [[1.0, 2.0], [3.0, 5.0]]


@pytest.mark.parametrize(
    ("answers", "name", "says"),
    [
        ([ONE, TWO] * 6, "depends-on-clock", HIDDEN),  # two answers, all of which differs
        ([ONE, PARTLY] * 6, "nondeterministic", DIFFERS),  # one channel at times
        ([ONE, TWO, THREE] * 4, "nondeterministic", DIFFERS),  # more than two answers
    ],
)
def test_a_switch_is_told_from_chance(answers, name, says, monkeypatch):
    found = told(answers, monkeypatch)

    assert (found.deviations, found.says) == ((name,), says)
    assert "at the 1st call" in found.shown


@pytest.mark.parametrize(("scaled", "name"), [(1.0, "answers-cached"), (0.0, None)])
def test_an_output_that_is_beta_for_any_batch_is_no_cache(scaled, name, monkeypatch):
    """Of a layer that normalizes each value by itself, y is beta whatever x is."""
    monkeypatch.setattr("bncheck.diagnosis.memory.read", lambda y: Answer({"y": np.array(y)}))

    def ask(request):
        beta = request["recipe"].get("beta", [0.0])[0]
        y = (np.array(ONE) * (scaled or beta)).tolist()
        return {"answers": dict.fromkeys(request["scripts"], y)}

    found = lie((Recipe(shape=(2, 2), beta=(1.5,)),), ask, lambda *_: True)
    assert (found and found.deviations) == (name and (name,))
