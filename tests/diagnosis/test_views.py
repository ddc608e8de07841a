"""Layers that take x for an array of another shape, written in three ways."""

import pytest

from bncheck.engine import verify

NUMPY = """import numpy as np

def forward(x, gamma, beta, eps):
    columns = x.shape[1]
    flat = np.reshape(x, (x.size // columns, columns))
    centred = flat - flat.sum(axis=0) / len(flat)
    var = (centred ** 2).sum(axis=0) / len(flat)
    made = gamma * centred / np.sqrt(var + x.dtype.type(eps)) + beta
    return made.reshape(x.shape)
"""
CLASS = """import numpy as np

class Norm:
    def __init__(self, n, eps=1e-5):
        self.n, self.eps = n, eps
        self.gamma, self.beta = np.ones(n), np.zeros(n)

    def forward(self, x):
        flat = x.reshape(-1, self.n)
        self.std = np.sqrt(flat.var(0) + self.eps)
        self.xhat = (flat - flat.mean(0)) / self.std
        return (self.gamma * self.xhat + self.beta).reshape(x.shape).astype(x.dtype)

    def backward(self, dout):
        d = dout.reshape(-1, self.n)
        self.dgamma, self.dbeta = (d * self.xhat).sum(0), d.sum(0)
        dh = d * self.gamma
        dx = dh - dh.mean(0) - self.xhat * (dh * self.xhat).mean(0)
        return (dx / self.std).reshape(dout.shape).astype(dout.dtype)
"""
TORCH = """import torch

class Norm(torch.nn.Module):
    def __init__(self, c, eps=1e-5, momentum=0.1):
        super().__init__()
        self.c, self.eps, self.momentum = c, eps, momentum
        self.gamma = torch.nn.Parameter(torch.ones(c))
        self.beta = torch.nn.Parameter(torch.zeros(c))
        self.register_buffer("running_mean", torch.zeros(c))
        self.register_buffer("running_var", torch.ones(c))

    def forward(self, x):
        z = x.contiguous().view(-1, self.c)
        if self.training:
            mean, var = z.mean(0), ((z - z.mean(0)) ** 2).mean(0)
            with torch.no_grad():
                n = len(z)
                self.running_mean += self.momentum * (mean - self.running_mean)
                self.running_var += self.momentum * (var * n / max(n - 1, 1) - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        made = (z - mean) * torch.rsqrt(var + self.eps) * self.gamma + self.beta
        return made.view_as(x)
"""

ROWS = """import numpy as np

def forward(x, gamma, beta, eps):
    rows = x.reshape(x.shape[1], -1)
    centred = rows - rows.mean(axis=1, keepdims=True)
    scale = gamma / np.sqrt((centred * centred).mean(axis=1) + x.dtype.type(eps))
    return (scale[:, None] * centred + beta[:, None]).reshape(x.shape)
"""
IMAGES = f"""{ROWS}
_of_images = forward

def forward(x, gamma, beta, eps):
    if x.ndim > 2:
        return _of_images(x, gamma, beta, eps)
    mean, var = x.mean(0), x.var(0)
    return (x - mean) / np.sqrt(var + x.dtype.type(eps)) * gamma + beta
"""


@pytest.mark.rows(3)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("source", "name"),
    [(NUMPY, ""), (CLASS, ":Norm"), (TORCH, ":Norm")],
    ids=["f", "class", "torch"],
)
def test_a_reshape_where_a_transpose_belongs(tmp_path, source, name, dtype):
    if source is TORCH:
        pytest.importorskip("torch")
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    report = verify(
        f"{tmp_path / 'bn.py'}{name}", budget="quick", dtypes=(dtype,), save=None, shrink=False
    )
    assert [cause["deviation"] for cause in report.causes] == ["reshape-without-transpose"]


@pytest.mark.rows(2)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("source", "name"),
    [(ROWS, "reshape-to-rows-without-transpose"), (IMAGES, "reshape-to-rows-of-images")],
    ids=["all ranks", "images"],
)
def test_the_same_with_rows(tmp_path, source, name, dtype):
    (tmp_path / "bn.py").write_text(source, encoding="utf-8")
    given = {"budget": "quick", "dtypes": (dtype,), "save": None, "shrink": False}
    report = verify(str(tmp_path / "bn.py"), **given)
    assert [cause["deviation"] for cause in report.causes] == [name]
