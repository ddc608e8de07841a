"""Constants of the formats, held against a library's, which is imported only for bfloat16."""

import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from bncheck.model.formats import FORMATS, format_of, is_bfloat16, is_float

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


@pytest.mark.parametrize("name", FORMATS)
def test_constants_are_those_of_the_dtype(name: str) -> None:
    """Each constant by IEEE's formula is what ml_dtypes reads off the dtype."""
    ours, theirs = FORMATS[name], ml_dtypes.finfo(FORMATS[name].dtype)
    assert ours.dtype == (BFLOAT16 if name == "bfloat16" else np.dtype(name))
    assert ours.precision == theirs.nmant + 1
    assert ours.unit_roundoff == 2.0**-ours.precision
    assert 2 * ours.half_subnormal == np.longdouble(theirs.smallest_subnormal)
    assert ours.smallest_normal == np.longdouble(theirs.smallest_normal)
    assert ours.largest == np.longdouble(theirs.max)


def test_bfloat16_is_known_by_its_name() -> None:
    """Other dtypes of two bytes are not taken for it."""
    assert is_bfloat16(BFLOAT16)
    assert is_float(BFLOAT16)
    assert format_of(BFLOAT16) is FORMATS["bfloat16"]
    for other in ("V2", "f2", "i2", [("bfloat16", "f2")]):
        assert not is_bfloat16(np.dtype(other))


_TARGET = """
import sys
import numpy as np

def forward(x, gamma, beta, eps):
    assert "ml_dtypes" not in sys.modules
    axes = (0, *range(2, x.ndim))
    g, b = (p.reshape(1, -1, *[1] * (x.ndim - 2)) for p in (gamma, beta))
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps) * g + b
"""

_SMOKE = """
import sys, bncheck
report = bncheck.verify("target.py", budget="smoke")
print(report.exit_code, "ml_dtypes" in sys.modules)
"""


def test_nobody_waits_for_a_format_that_is_not_asked_for(tmp_path: Path) -> None:
    """In float32 and float64, the import that takes longest is made in no process."""
    (tmp_path / "target.py").write_text(_TARGET)
    done = subprocess.run(
        [sys.executable, "-c", _SMOKE], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["0", "False"]
