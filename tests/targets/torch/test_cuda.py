"""What was found on a GPU is data: the record of `benchmarks/cuda.py` is judged anew, without one.

An answer that was recorded is put into those of a correct layer: the law must fail on it, and hold
without it.
"""

import json
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from correct import CORRECT

from bncheck.engine.measure import measure
from bncheck.engine.target import Target
from bncheck.laws import LAWS
from bncheck.trial.trial import Guard

RECORD = json.loads(
    (Path(__file__).parents[3] / "docs" / "findings" / "torch-cuda.json").read_text(
        encoding="utf-8"
    )
)
RUNS = RECORD["runs"]
CASES = [(run, case) for run in RUNS for case in run["cases"]]
OUTPUTS = {
    "y": ("train", None),
    "dx": ("train", "dx"),
    "dgamma": ("train", "dgamma"),
    "dbeta": ("train", "dbeta"),
    "dgamma in inference": ("eval", "dgamma"),
    "dbeta in inference": ("eval", "dbeta"),
    "running mean after a step": ("state", "mean"),
}


def test_the_record_covers_dtypes_ranks_and_both_libraries():
    made = {(run["layer"], *run["dtypes"], run["cudnn"]) for run in RUNS}
    assert len(made) == len(RUNS) == 36
    assert all(run["counts"]["holds"] > 80 and not run["counts"]["error"] for run in RUNS)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_on_a_gpu_the_layers_hold_in_the_wider_formats(dtype):
    chosen = [run for run in RUNS if run["dtypes"] == [dtype]]
    assert len(chosen) == 6
    assert [run["fails"] for run in chosen] == [[]] * 6


def test_with_cudnn_and_float32_parameters_float16_trains_right():
    """What is left is inference, which cuDNN does not do, and derivatives of derivatives."""
    fails = {
        run["layer"]: set(run["fails"])
        for run in RUNS
        if run["layer"] in ("MixedBatchNorm2d", "MixedBatchNorm3d")
        and run["dtypes"] == ["float16"]
        and run["cudnn"]
    }
    assert fails == {key: {"B12", "B19", "B20", "B21", "B22"} for key in fails}
    assert len(fails) == 2


def test_there_are_enough_cases():
    assert len({case["what"].partition("[")[0] for _, case in CASES}) >= 5


@pytest.mark.parametrize(
    ("run", "case"), CASES, ids=[f"{r['layer']}-{r['dtypes'][0]}-{c['law']}" for r, c in CASES]
)
def test_a_recorded_answer_fails_and_the_right_one_holds(run, case):
    assert _judged(run, case, recorded=False)["fails"] is False
    result = _judged(run, case, recorded=True)
    assert result["fails"] is True
    assert result["what"] == case["what"]
    assert result["got"] == case["got"]
    assert result["expected"] == case["expected"]


def _judged(run, case, *, recorded):
    name, _, place = case["what"].partition("[")
    index = tuple(int(n) for n in re.findall(r"\d+", place))
    call, part = OUTPUTS[name]
    right = next(i for i in CORRECT if i.name == "reference")
    kept = "float32" if run["layer"].startswith("Mixed") else None
    promised = replace(right.convention, parameters=kept)

    def put(answer):
        values = np.array(answer if part is None else getattr(answer, part))
        values[index] = case["got"]
        return values if part is None else replace(answer, **{part: values})

    def make(built):
        return _putting(right.make(built), call, part, put) if recorded else right.make(built)

    target = Target(replace(right, make=make), promised, Guard())
    law = next(law for law in LAWS if law.id == case["law"])
    return measure(target, case["recipe"], [law], confirm=True, explain=False)[0]


def _putting(layer, call, part, put):
    """Return the layer with one of its answers changed."""
    if call == "state":
        return replace(layer, state=lambda: put(layer.state()))
    if part is None:
        return replace(layer, train=lambda x: put(layer.train(x)))
    latest = []

    def noting(mode, x):
        latest.append(mode)
        return getattr(layer, mode)(x)

    def backward(dy):
        found = layer.backward(dy)
        return put(found) if latest[-1] == call else found

    return replace(
        layer, train=partial(noting, "train"), eval=partial(noting, "eval"), backward=backward
    )
