"""The script in ``findings/`` about PyTorch that needs no GPU still shows what it says.

A failure here may mean that a newer version is right: then the finding is history.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch

SCRIPT = Path(__file__).parent.parent / "findings" / "torch-half-double-backward.py"


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_second_derivative_in_float16_is_nan_and_in_float32_right(seed):
    command = [sys.executable, str(SCRIPT), seed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    numbers = [
        re.fullmatch(r"cpu, torch\.(\w+): .* got (\S+), exact (\S+); NaN: (\d+) of 24, .*", line)
        for line in done.stdout.splitlines()
        if line.startswith("cpu")
    ]
    half, single = (found.groups() for found in numbers)
    assert half[:2] == ("float16", "nan")
    assert half[3] == "24"
    assert single[0] == "float32"
    assert float(single[1]) == pytest.approx(float(single[2]), rel=1e-4)
