"""L1, L2 and Frobenius normalization are refused with one sentence that says what they are."""

import numpy as np
import pytest

from bncheck.errors import TargetError
from bncheck.targets import adapt, load
from bncheck.targets.common.dividing import divided

torch = pytest.importorskip("torch")

MODEL = """import torch
from torch import nn
import torch.nn.functional as F

class Model(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, x):
        return {}
"""
L2 = "divides x by its L2 norm over axis 1 (L2 normalization): that is RMS normalization over the "
FROBENIUS = "divides x by its L2 norm over all axes (Frobenius normalization): that is RMS normali"
SUM = "divides x by the sum of |x| over axis 1 (L1 normalization): it looks most like RMS normaliz"
MEAN = "divides x by the mean of |x| over axis 1 (L1 normalization): it looks most like RMS normal"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("x / torch.norm(x, p=2, dim=1, keepdim=True)", L2),
        ("F.normalize(x, dim=1)", L2),
        ("x * torch.rsqrt(x.square().sum(1, keepdim=True))", L2),
        ("x / torch.norm(x, p='fro')", FROBENIUS),
        ("x / torch.linalg.vector_norm(x)", FROBENIUS),
        ("x / x.pow(2).sum().sqrt()", FROBENIUS),
        ("x / torch.mean(torch.abs(x), dim=1, keepdim=True)", MEAN),
        ("F.normalize(x, p=1, dim=1)", SUM),
        ("x / x.abs().sum(1, keepdim=True)", SUM),
    ],
)
def test_a_module_is_refused_with_what_it_is(tmp_path, code, told):
    (tmp_path / "mine.py").write_text(MODEL.format(code))
    with pytest.raises(TargetError) as error:
        adapt(load(f"{tmp_path}/mine.py:Model"), name="Model")
    assert str(error.value).startswith(f"Model {told}")
    assert "none of batch, layer, RMS, group and instance" in str(error.value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_none_of_them_is_not_called_one(dtype):
    def eps(x):
        return x / (np.sqrt((x * x).sum(1, keepdims=True)) + x.dtype.type(1e-3))

    def half(x):
        return x / np.sqrt((x * x).sum(-1, keepdims=True).astype(np.float16)).astype(x.dtype)

    def raises(x):
        raise ValueError

    for call in (eps, half, raises, lambda x: x, lambda x: x[..., :1], lambda x: x - x.mean()):
        assert divided(call, 3, 3, dtype) == ""
    assert "axes 1, 2" in divided(lambda x: x / np.abs(x).sum((1, 2), keepdims=True), 3, 3, dtype)
