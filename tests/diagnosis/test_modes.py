"""Deviations of one mode, and those of layers whose convention was guessed wrongly."""

from pathlib import Path

import pytest

from bncheck import Convention, verify
from bncheck.deviations import BY_NAME, REFERENCE, implementation
from bncheck.diagnosis.base import conforming
from bncheck.diagnosis.modes import _others, _variants


def report_of(rules):
    target = implementation(rules, "target", Convention())
    return verify(target, budget="quick", dtypes=("float32",), save=None, shrink=False)


@pytest.mark.parametrize(
    ("name", "training"),
    [("xhat-from-output", True), ("dgamma-from-y", True), ("dgamma-zero", False)],
)
def test_of_one_mode(name, training):
    (variant,) = _variants(REFERENCE, BY_NAME[name], training=training)
    cause = report_of(variant.change(REFERENCE)).causes[0]
    mode = "training" if training else "inference"
    assert cause["deviation"] == name
    assert cause["text"].startswith(f"in {mode} only: {BY_NAME[name].says}")


def test_what_changes_no_stage_of_a_pass_has_no_mode():
    # it is put around the finished layer
    assert list(_variants(REFERENCE, BY_NAME["mutates-input"], training=True)) == []


@pytest.mark.parametrize("weighs", ["new", "old"])
@pytest.mark.parametrize("running_var", ["unbiased", "biased"])
def test_beside_any_convention(weighs, running_var):
    base = conforming(Convention(momentum_weighs=weighs, running_var=running_var))
    report = report_of(BY_NAME["updated-twice"].change(base))
    assert [cause["deviation"] for cause in report.causes] == ["updated-twice"]


def test_what_is_promised_is_not_guessed():
    given = Convention(momentum_weighs="new", running_var="biased", debiased=False)
    others = list(_others(given, {"momentum_weighs", "debiased"}))
    assert [other.running_var for other in others] == ["unbiased"]
    assert list(_others(given, {"momentum_weighs", "debiased", "running_var"})) == []


def test_what_has_one_mode_is_not_told_of_another():
    pytest.importorskip("torch", reason="needs torch")
    kernels = Path(__file__).parents[2] / "benchmarks" / "kernels"
    target = f"{kernels / 'llama_rms_norm' / 'weight_gradient_last_row.py'}:ModelNew"
    options = {"budget": "quick", "dtypes": ("float32",), "save": None, "shrink": False}
    (cause,) = verify(target, norm="rms", **options).causes
    assert cause["text"].startswith(BY_NAME["parameter-gradients-of-last-row"].says)
