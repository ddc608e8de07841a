"""The scripts in ``docs/findings/`` about PyTorch that need no GPU still show what they say.

A failure here may mean that a newer version is right: then the finding is history.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch

FINDINGS = Path(__file__).parents[3] / "docs" / "findings"
seeds = pytest.mark.parametrize("seed", ["0", "1"])


def output(name, seed):
    command = [sys.executable, str(FINDINGS / f"{name}.py"), seed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def exceeds(line):
    error, allowed = re.search(r"error (?:of dx )?(\S+), float\d+ allows (\S+)$", line).groups()
    return float(error) > float(allowed)


@seeds
def test_the_second_derivative_in_float16_is_nan_and_in_float32_right(seed):
    form = r"cpu, torch\.(\w+): .* got (\S+), exact (\S+); NaN: (\d+) of 24, .*"
    lines = [line for line in output("torch-half-double-backward", seed) if line.startswith("cpu")]
    half, single = (re.fullmatch(form, line).groups() for line in lines)
    assert half[:2] == ("float16", "nan")
    assert half[3] == "24"
    assert single[0] == "float32"
    # each is printed with six digits, half a unit of the last is up to 5e-6; the mean of 8 values
    # and the steps after it are some 16 roundings of float32, 1e-6
    assert float(single[1]) == pytest.approx(float(single[2]), rel=1.1e-5)


@seeds
def test_statistics_in_half_precision_show_and_in_float32_do_not(seed):
    assert [exceeds(line) for line in output("torch-half-statistics", seed)] == [True, False] * 2


@seeds
def test_the_gradient_depends_on_the_layout_of_the_cotangent(seed):
    lines = output("torch-half-layout-gradient", seed)
    assert [exceeds(line) for line in lines] == [False, True] * 2


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("torch-instance-norm-layout", [False, True, False, False]),
        ("torch-group-norm-layout", [False, True, False, True]),
        ("torch-norms-half-statistics", [True, True, False, False] * 2),
    ],
)
def test_relatives(name, wrong):
    assert [exceeds(line) for line in output(name, "0")] == wrong


def test_second_derivatives_by_forward_mode_and_third_ones():
    lines = output("torch-norms-nested-forward", "0")
    assert [exceeds(line) for line in lines] == [True, False, True] * 3 + [False] * 3


def test_one_value_for_each_group_raises_for_one_sample():
    lines = output("torch-group-norm-one-value", "0")
    assert ["raised ValueError" in line for line in lines] == [True, False] * 2
