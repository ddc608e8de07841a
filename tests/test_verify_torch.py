"""torch's own layers pass; what its channels-last and bfloat16 paths do is pinned."""

import pytest

from bncheck.engine import verify

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
pytestmark = pytest.mark.torch


def _wrong(report):
    return [(f.law, f.dtype, f.reason) for f in report.findings if f.verdict in ("fails", "error")]


@pytest.mark.parametrize("layer", ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"])
def test_torch_layers_pass(layer):
    report = verify(f"torch.nn:{layer}", budget="quick", save=None, dtypes=("float32", "float64"))

    assert _wrong(report) == []
    assert report.exit_code == 0
