"""The scripts in ``docs/findings/`` about PaddlePaddle still show what they say.

A failure here may mean that a newer version is right: then the finding is history.
"""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FINDINGS = Path(__file__).parents[3] / "docs" / "findings"

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.skipif(find_spec("paddle") is None, reason="needs paddlepaddle"),
]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("paddle-one-value", [True, True, False, True, True]),  # dgamma is 0, as it should be
        ("paddle-float32-attributes", [True, False]),
        ("paddle-lone-bias", [False, False, True, True]),
    ],
)
@pytest.mark.parametrize("seed", [0, 1])
def test_paddle(name, wrong, seed):
    command = [sys.executable, str(FINDINGS / f"{name}.py"), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = [re.search(r"error (\S+), \S+ allows (\S+)$", line) for line in done.stdout.split("\n")]
    assert [float(f[1]) > float(f[2]) for f in found if f] == wrong
