"""Where half precision is rounded is recognised, by spellings of several hands."""

import pytest

from bncheck.engine import recognition, verify
from bncheck.engine.casts import casts
from bncheck.targets import adapt, load
from bncheck.trial.trial import Guard

HALF = ("float16", "bfloat16")

NUMPY_RMS = '''import numpy as np

NORM = "rms"
CONVENTION = {"dtypes": ("float16", "bfloat16", "float32"), **PROMISED}


def forward(x, gamma, eps):
    a = x.astype(np.float32)
    z = a / np.sqrt(np.mean(a * a, -1, keepdims=True) + np.float32(eps))
    return END.astype(x.dtype)


def backward(dy, x, gamma, eps):
    """As automatic differentiation goes back through the casts."""
    a, up = x.astype(np.float32), dy.astype(PRODUCT)
    r = 1 / np.sqrt(np.mean(a * a, -1, keepdims=True) + np.float32(eps))
    z, h = a * r, (up * gamma.astype(PRODUCT)).astype(np.float32)
    dx = r * (h - z * np.mean(h * z, -1, keepdims=True))
    terms = (up * z.astype(PRODUCT)).astype(np.float32)
    return dx.astype(x.dtype), terms.reshape(-1, len(gamma)).sum(0).astype(gamma.dtype)
'''
ENDS = {
    "last": ("(z * gamma.astype(z.dtype))", "np.float32"),
    "early": ("(z.astype(x.dtype) * gamma)", "x.dtype"),
    "weight": ("(z.astype(gamma.dtype) * gamma)", "gamma.dtype"),
}
TORCH_LAYER = """import torch
from torch import nn


class LayerNorm(nn.Module):
    def __init__(self, dim, eps=1e-5):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(dim)), nn.Parameter(torch.zeros(dim))
        self.eps = eps

    def forward(self, x):
        a = x.float()
        var, mean = torch.var_mean(a, dim=-1, keepdim=True, correction=0)
        z = (a - mean) * torch.rsqrt(var + self.eps)
        return (z.to(self.weight.dtype) * self.weight + self.bias).to(x.dtype)
"""
TORCH_RMS = """import torch
from torch import nn


def rms_norm(x, weight, epsilon):
    orig_dtype = x.dtype
    x = x.to(torch.float32)
    x = x * torch.rsqrt(x.pow(2).mean(dim=-1, keepdim=True) + epsilon)
    if weight is not None:
        x = x.to(weight.dtype) * weight
    return x.to(orig_dtype)


class RMSNorm(nn.Module):
    def __init__(self, hidden_size, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.variance_epsilon = eps

    def forward(self, x):
        return rms_norm(x, self.weight, self.variance_epsilon)
"""


def plain(kind, promised=None):
    end, product = ENDS[kind]
    text = NUMPY_RMS.replace("END", end).replace("PRODUCT", product)
    return text.replace("PROMISED", repr(promised or {}))


TEXTS = {"numpy": plain("weight"), "torch layer": TORCH_LAYER, "torch RMS": TORCH_RMS}


def written(folder, text):
    if "import torch" in text:
        pytest.importorskip("torch", reason="needs torch")
    path = folder / "mine.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("hand", TEXTS)
def test_a_product_in_the_format_of_gamma_is_told_and_right(hand, dtype, tmp_path):
    path = written(tmp_path, TEXTS[hand])
    seen = recognition.observe(adapt(load(path), name="mine"), Guard(), (dtype,))
    assert (seen["observed"]["casts"], seen["known"]["casts"]) == ("weight", "weight")
    laws = ("F00", "B01", "N01", "N02")
    report = verify(path, budget="quick", laws=laws, dtypes=(dtype,), save=None, shrink=False)
    assert {f.law for f in report.findings if f.verdict == "holds"} == set(laws)


@pytest.mark.parametrize("kind", ENDS)
def test_each_is_told_apart(kind, tmp_path):
    made = adapt(load(written(tmp_path, plain(kind))), name="mine")
    assert [casts(made, Guard(), (dtype,)) for dtype in HALF] == [kind, kind]


@pytest.mark.parametrize(
    ("promised", "kind", "verdict"),
    [
        ({"parameters": "float32"}, "weight", "holds"),
        ({"parameters": "float32"}, "early", "fails"),
        ({}, "early", "holds"),  # of a gamma in half precision both say the same
        ({}, "last", "holds"),  # within what may be rounded there
    ],
)
def test_a_promise_says_how_much_may_be_rounded(promised, kind, verdict, tmp_path):
    path = written(tmp_path, plain(kind, {"casts": "weight", **promised}))
    report = verify(
        path, budget="quick", laws=("F00",), dtypes=("bfloat16",), save=None, shrink=False
    )
    assert [f.verdict for f in report.findings] == [verdict]


def test_what_takes_no_gamma_in_float32_is_early(tmp_path):
    text = plain("weight").replace("    z = a", "    assert gamma.dtype == x.dtype\n    z = a")
    made = adapt(load(written(tmp_path, text)), name="mine")
    assert casts(made, Guard(), HALF) == "early"
