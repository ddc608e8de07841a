"""The scripts in ``docs/findings/`` about ONNX runtimes and Keras still show what they say.

A failure here may mean that a newer version is right: then the finding is history.
"""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FINDINGS = Path(__file__).parents[3] / "docs" / "findings"


def output(name, seed, **environment):
    command = [sys.executable, str(FINDINGS / f"{name}.py"), str(seed)]
    given = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=given)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def wrong(line):
    """Whether the error that a line tells is larger than what the format allows; NaN is."""
    found = re.search(r"error (\S+), \S+ allows (\S+)$", line)
    return not float(found[1]) <= float(found[2])


seeds = pytest.mark.parametrize("seed", [0, 1])
needs_onnxruntime = pytest.mark.skipif(find_spec("onnxruntime") is None, reason="needs onnxruntime")
needs_keras = pytest.mark.skipif(find_spec("keras") is None, reason="needs keras")


@pytest.mark.onnx
@pytest.mark.skipif(find_spec("onnx") is None, reason="needs onnx")
@seeds
def test_onnx_reference_inference(seed):
    lines = output("onnx-reference-inference", seed)
    assert ["TypeError" in line for line in lines] == [True, True] + [False] * 5
    assert [wrong(line) for line in lines[2:]] == [True] * 3 + [False] * 2


@pytest.mark.onnx
@needs_onnxruntime
@seeds
def test_onnxruntime_unused_statistics(seed):
    lines = output("onnxruntime-unused-statistics", seed)
    assert [wrong(line) for line in lines] == [False, True, True, True]


@pytest.mark.onnx
@needs_onnxruntime
@seeds
def test_onnxruntime_writes_to_inputs(seed):
    used, unused = output("onnxruntime-writes-to-inputs", seed)
    kept = "mean [2. 2. 2.], var [3. 3. 3.]; exact"
    assert kept in used
    assert kept not in unused


@pytest.mark.onnx
@needs_onnxruntime
def test_the_functions_that_define_group_normalization_are_one_pass():
    lines = output("onnx-one-pass-functions", 0)
    assert [wrong(line) for line in lines] == [True] * 4 + [False, True, False, False]


@pytest.mark.onnx
@needs_onnxruntime
def test_empty_instances_end_the_process_in_float16():
    lines = output("onnxruntime-empty-instances", 0)
    assert [line.rpartition(" ")[2] == "0" for line in lines] == [True, True, True, False]


@pytest.mark.onnx
@pytest.mark.skipif(find_spec("onnx") is None, reason="needs onnx")
def test_the_reference_evaluator_computes_float16_in_float16():
    lines = output("onnx-reference-half", 0)
    assert [wrong(line) for line in lines] == [True, True, False, False]


@pytest.mark.onnx
@needs_onnxruntime
@pytest.mark.skipif(find_spec("openvino") is None, reason="needs openvino")
def test_openvino_has_another_epsilon_where_none_is_written():
    lines = output("openvino-simplified-epsilon", 0)
    assert [wrong(line) for line in lines] == [True, False, False, False] * 2


@pytest.mark.keras
@needs_keras
@pytest.mark.parametrize("name", ["keras-one-pass-variance", "keras-float64"])
@seeds
def test_keras(name, seed):
    (line,) = output(name, seed, KERAS_BACKEND="numpy")
    assert wrong(line)


@pytest.mark.keras
@needs_keras
def test_relatives_of_keras():
    lines = output("keras-norms-float64", 0, KERAS_BACKEND="numpy")
    assert [wrong(line) for line in lines] == [True] * 3
    lines = output("keras-group-norm-one-pass", 0, KERAS_BACKEND="numpy")
    assert [wrong(line) for line in lines] == [True] * 4
    if find_spec("torch") is not None:
        lines = output("keras-group-norm-one-pass", 0, KERAS_BACKEND="torch")
        assert [wrong(line) for line in lines] == [True, False] * 2


@pytest.mark.keras
@needs_keras
@pytest.mark.skipif(find_spec("jax") is None, reason="needs jax")
@seeds
def test_keras_on_jax(seed):
    (line,) = output("keras-float64", seed, KERAS_BACKEND="jax")
    assert wrong(line)


@pytest.mark.keras
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="needs tensorflow")
@seeds
def test_keras_on_tensorflow(seed):
    lines = output("keras-folded-inference", seed, KERAS_BACKEND="tensorflow")
    assert [wrong(line) for line in lines] == [False, True]
