"""Another normalization given for batch normalization is called by its name."""

import re

import pytest

from bncheck.engine import verify
from bncheck.model.norm import NORMS
from bncheck.reports.text import render

FUNCTIONS = """import numpy as np

def forward(x, gamma, beta, eps):
    centred = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + eps)
    return (gamma * (centred / deviation) + beta).astype(x.dtype)

def backward(dy, x, gamma, beta, eps):
    n = x.shape[-1]
    centred = x - x.mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt((centred ** 2).mean(axis=-1, keepdims=True) + eps)
    xhat, dxhat = centred * rstd, dy * gamma
    c1 = (dxhat * xhat).sum(-1, keepdims=True) / n
    c2 = dxhat.sum(-1, keepdims=True) / n
    dx = (dxhat - (xhat * c1 + c2)) * rstd
    return dx.astype(x.dtype), (dy * xhat).sum(0), dy.sum(0)
"""
# ConvNeXt has such a module for images with channels first
MODULE = """import torch

class Norm(torch.nn.Module):
    def __init__(self, num_features, eps=1e-6):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(num_features))
        self.bias = torch.nn.Parameter(torch.zeros(num_features))
        self.eps = eps

    def forward(self, x):
        u = x.mean(1, keepdim=True)
        s = (x - u).pow(2).mean(1, keepdim=True)
        x = (x - u) / torch.sqrt(s + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]
"""
OWN = """import torch

class Norm(torch.nn.Module):
    def __init__(self, num_features, eps=1e-5):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(num_features))
        self.bias = torch.nn.Parameter(torch.zeros(num_features))
        self.eps = eps

    def forward(self, x):
        return {call}
"""
LAYER = "torch.nn.functional.layer_norm(x, x.shape[1:], self.weight, self.bias, self.eps)"
GROUP = "torch.nn.functional.group_norm(x, 1, self.weight, self.bias, self.eps)"
RMS = "torch.nn.functional.rms_norm(x, x.shape[1:], self.weight, self.eps) + self.bias"
T5 = "self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)) + self.bias"


@pytest.mark.torch
@pytest.mark.rows(4)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("code", "name", "ranks"),
    [
        (FUNCTIONS, "layer-normalization", None),
        (MODULE, "layer-normalization", None),
        (OWN.format(call=LAYER), "layer-normalization", [2]),
        (OWN.format(call=GROUP), "group-normalization", [3, 4]),
        (OWN.format(call=RMS), "rms-normalization", [2]),
        (OWN.format(call=T5), "rms-normalization", [2]),
    ],
    ids=["functions", "channels-first", "torch-layer", "torch-group", "torch-rms", "T5"],
)
def test_it_is_named(tmp_path, code, name, ranks, dtype):
    promise = f'\nCONVENTION = {{"ranks": {ranks}}}\n' if ranks else ""
    (tmp_path / "mine.py").write_text(code + promise)
    target = str(tmp_path / ("mine.py:Norm" if "class Norm" in code else "mine.py"))
    report = verify(target, dtypes=(dtype,), budget="quick", shrink=False, save=None)
    assert report.exit_code == 1
    assert [cause["deviation"] for cause in report.causes] == [name]
    meant = name.removesuffix("-normalization")
    called = NORMS[meant].called
    text = " ".join(render(report).split())
    assert f'(if it is meant, add NORM = "{meant}" to its file)' in text
    assert re.search(rf"^FAILS .*: this is {called} bncheck ", text)
