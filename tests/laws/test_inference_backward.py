"""The backward pass of inference is asked after a training step, too."""

import pathlib

import pytest
from street_truth import targets

from bncheck.deviations import BY_NAME
from bncheck.engine import verify
from bncheck.reports.text import render as text

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


STREET = pathlib.Path(__file__).parents[1] / "street"
CLASS = STREET / "classes" / "training_formula_in_inference.py"
SAYS = 'CONVENTION = {"eval_backward": False}'


def test_a_backward_without_a_mode_may_be_meant_for_training_alone(tmp_path):
    (report, found), promised = verdicts(f"{CLASS}:BatchNorm2d"), tmp_path / "bn.py"
    assert (found["B19"], found["B29"]) == ("fails", "fails")
    (cause,) = report.causes
    assert cause["deviation"] == "training-formula-in-inference"
    assert cause["unless"].endswith(f"say {SAYS}")
    assert f"   {cause['unless']}\n" in text(report)

    head = "class BatchNorm2d:\n"
    for says in (
        CLASS.read_text().replace(head, f"{head}    {SAYS}\n"),
        f"{CLASS.read_text()}\n{SAYS}\n",  # in the file, as the sentence may be read as well
    ):
        promised.write_text(says)
        report, found = verdicts(f"{promised}:BatchNorm2d")
        assert (report.exit_code, found) == (0, {"B01": "holds", "P07": "holds"})
        assert any(told.startswith("backward in inference: ") for told in report.untried)


@pytest.mark.torch
def test_autograd_is_asked_in_inference_without_an_excuse():
    pytest.importorskip("torch")
    report, _ = verdicts(
        next(t.name for t in targets() if t.id.startswith(f"modules/{CLASS.name}"))
    )
    assert report.causes[0]["deviation"] == "training-formula-in-inference"
    assert "unless" not in report.causes[0]


@pytest.mark.parametrize("target", ["torch.nn:BatchNorm1d"])
@pytest.mark.torch
def test_it_holds_in_torch(target):
    pytest.importorskip("torch")
    _, found = verdicts(target)

    assert found["B29"] == "holds"
