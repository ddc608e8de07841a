"""torch's own layers pass; what its channels-last and bfloat16 paths do is pinned.

Seen with torch 2.13 on the CPU.
"""

from dataclasses import replace

import pytest

from bncheck.cases import Recipe, Values
from bncheck.engine import verify
from bncheck.engine.measure import measure
from bncheck.engine.target import Target
from bncheck.laws import LAWS
from bncheck.targets import adapt, load
from bncheck.trial.trial import Guard

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch


def _wrong(report):
    return [(f.law, f.dtype, f.reason) for f in report.findings if f.verdict in ("fails", "error")]


@pytest.mark.parametrize("layer", ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"])
def test_torch_layers_pass(layer):
    report = verify(f"torch.nn:{layer}", budget="quick", save=None, dtypes=("float32", "float64"))

    assert _wrong(report) == []
    assert report.exit_code == 0


def _measured(law, recipe):
    implementation = adapt(load("torch.nn:BatchNorm2d"), name="torch")
    target = Target(implementation, implementation.convention, Guard())
    laws = [known for known in LAWS if known.id == law]
    return measure(target, recipe.plain(), laws, confirm=True, explain=False)[0]


def _far_from_zero(layout):
    return Recipe(
        dtype="float32",
        shape=(32, 2, 28, 28),
        x=Values(digits=(1, -2, 3, 0, 2), structure="noise", offset=(10000.0,)),
        layout=layout,
    )


def test_channels_last_far_from_zero_is_a_warning_with_its_numbers():
    """Its sums over 25088 values are plain float32 ones, in the default class of algorithms; the
    contiguous path sums in float64 and is 200 times as accurate there."""
    careless = _measured("F00", _far_from_zero("channels_last"))
    careful = _measured("F00", _far_from_zero("C"))

    assert not careless["fails"]
    assert "times what sums in pairs or in a wider format allow" in careless["warning"]
    assert "m = 25088" in careless["warning"]
    assert careful["warning"] == ""


def test_bfloat16_with_bfloat16_weights_exceeds_float32_accumulation():
    """mean and inverse deviation are rounded to bfloat16 between the passes: failed, precisely."""
    report = verify(
        "torch.nn:BatchNorm2d", budget="quick", save=None, dtypes=("bfloat16",), laws=("F00", "B01")
    )

    verdicts = {f.law: f for f in report.findings}
    assert {f.verdict for f in report.findings} == {"fails"}
    assert verdicts["F00"].case.what.startswith("y[")
    # off by more than one rounding of the output, by less than two roundings of the statistics
    assert 1 < verdicts["F00"].margin < 4


def test_bfloat16_with_float32_weights_exceeds_float32_accumulation_in_other_layouts_only():
    """y is within it everywhere, dx on contiguous arrays; with a channels-last cotangent dx is
    rounded to bfloat16 on the way: x = dy in {0, 1} gives dx = 0, where -4e-5 is the truth."""
    layer = adapt(load("torch.nn:BatchNorm2d"), name="mixed")
    mixed = replace(layer, convention=replace(layer.convention, parameters="float32"))

    report = verify(
        mixed, budget="quick", save=None, dtypes=("bfloat16",), laws=("F00", "B01", "I01")
    )

    found = {f.law: f for f in report.findings}
    assert (found["F00"].verdict, found["I01"].verdict) == ("holds", "holds")
    assert found["B01"].verdict == "fails"
    assert "holds in plain, few-samples, offset" in found["B01"].reason
    recipe = found["B01"].case.recipe
    assert (recipe["layout"], recipe["dy_layout"]) != ("C", "C")
