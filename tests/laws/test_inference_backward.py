"""The backward pass of inference is asked after a training step, too."""

import pathlib

import pytest

from bncheck.deviations import BY_NAME
from bncheck.engine import verify

INPUTS = pathlib.Path(__file__).parents[1] / "support" / "street_inputs"
OPTIONS = {"budget": "quick", "dtypes": ("float32",), "laws": ("B01", "B19", "B29", "P07")}


def verdicts(target):
    report = verify(target, save=None, shrink=False, **OPTIONS)
    return report, {f.law: f.verdict for f in report.findings if f.verdict != "skipped"}


def test_a_class_that_raises_when_fresh_is_asked_after_training():
    report, found = verdicts(f"{INPUTS / 'eval_backward_after_train.py'}:BN")

    assert found == {"B01": "holds", "B29": "fails", "P07": "holds"}
    assert report.exit_code == 1
    assert not any("backward" in sentence for sentence in report.untried)


@pytest.mark.parametrize(
    ("name", "fails"),
    [
        ("inference-backward-of-training-batch", {"B29"}),
        ("training-formula-in-inference", {"B19", "B29"}),
        ("never-updated", set()),
    ],
)
def test_it_fails_where_the_step_is_remembered(name, fails):
    _, found = verdicts(BY_NAME[name].apply())

    assert {law for law, verdict in found.items() if verdict == "fails"} == fails


@pytest.mark.parametrize("target", ["torch.nn:BatchNorm1d"])
@pytest.mark.torch
def test_it_holds_in_torch(target):
    pytest.importorskip("torch")
    _, found = verdicts(target)

    assert found["B29"] == "holds"
