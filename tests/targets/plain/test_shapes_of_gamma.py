"""A gamma of the wrong shape: it fails or is refused, and right code of any spelling is taken."""

import pytest

from bncheck.engine import verify
from bncheck.errors import TargetError
from bncheck.targets import adapt, load

PLAIN = """
import numpy as np
NORM = "{norm}"
def forward(x, gamma, beta, eps):
    {first}
    m = x.mean(-1, keepdims=True) * {centred}
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    return {gamma} * (x - m) / np.sqrt(v + eps) + {beta}
"""
TORCH = """
import torch
NORM = "layer"
class Layer(torch.nn.Module):
    def __init__(self, n, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = torch.nn.Parameter(torch.ones({shape}))
        self.bias = torch.nn.Parameter(torch.zeros({shape}))
    def forward(self, x):
        v, m = torch.var_mean(x, -1, unbiased=False, keepdim=True)
        return {gamma} * (x - m) / torch.sqrt(v + self.eps) + {beta}
"""


@pytest.fixture
def written(tmp_path):
    def write(text, name=""):
        path = tmp_path / "home.py"
        path.write_text(text, encoding="utf-8")
        return f"{path}:{name}" if name else str(path)

    return write


def plain(gamma, beta="beta", norm="layer", first="pass"):
    return PLAIN.format(norm=norm, gamma=gamma, beta=beta, first=first, centred=norm == "layer")


@pytest.mark.rows(3)
@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize(
    ("gamma", "beta"),
    [
        ("gamma[:, None]", "beta"),
        ("gamma[:, None]", "beta[:, None]"),
        ("gamma.reshape(-1, 1)", "0"),
        ("np.expand_dims(gamma, -1)", "beta"),
    ],
)
def test_a_gamma_of_each_row_does_not_pass(written, norm, gamma, beta):
    with pytest.raises(TargetError, match=r"gamma has shape \(n,\), .* not of a row"):
        adapt(load(written(plain(gamma, beta, norm))), name="home.py")


@pytest.mark.rows(2)
@pytest.mark.parametrize("gamma", ["gamma[0]", "np.resize(gamma, len(x))[:, None]", "gamma.mean()"])
def test_one_gamma_for_all_fails(written, gamma):
    assert verify(written(plain(gamma)), budget="smoke", save=None).exit_code == 1


@pytest.mark.rows(3)
@pytest.mark.parametrize(
    ("gamma", "first"),
    [
        ("gamma", "pass"),
        ("gamma.reshape(1, -1)", "pass"),
        ("gamma", "B, T, D = x.shape; assert gamma.shape == (1, D)"),
        ("gamma", "assert gamma.shape == (1, x.shape[-1])"),
    ],
)
def test_right_code_is_taken_with_a_gamma_of_any_shape(written, gamma, first):
    report = verify(written(plain(gamma, first=first)), budget="smoke", save=None)
    assert (report.exit_code, report.faults) == (0, ())


def module(shape="n", gamma="self.weight", beta="self.bias"):
    return TORCH.format(shape=shape, gamma=gamma, beta=beta)


@pytest.mark.rows(1)
@pytest.mark.parametrize(
    "text",
    [module("n, 1"), module(gamma="self.weight[:, None]", beta="self.bias[:, None]")],
)
def test_a_module_with_a_gamma_of_each_row_fails(written, text):
    assert verify(written(text, "Layer"), budget="smoke", save=None).exit_code == 1


@pytest.mark.rows(1)
@pytest.mark.parametrize(("shape", "said"), [("1", "(1,)"), ("()", "()")])
def test_a_module_with_one_gamma_for_all_is_told(written, shape, said):
    made = adapt(load(written(module(shape), "Layer")), name="home.py:Layer")
    assert any(
        told.startswith(f"weight: it has shape {said} where gamma and beta have")
        for told in made.untried
    )


def test_a_module_with_a_row_of_gammas_holds(written):
    report = verify(written(module("1, n"), "Layer"), budget="smoke", save=None)
    assert (report.exit_code, report.faults) == (0, ())
