"""The residual form of a module: called with a residual of its own, and differentiated."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from bncheck.engine import verify  # noqa: E402 - torch may be missing
from bncheck.model import Case  # noqa: E402 - torch may be missing
from bncheck.targets import adapt, load  # noqa: E402 - torch may be missing

TEXT = """import torch
from torch import nn


class {name}(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x, residual=None):
        {added}
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight
        return {returned}
"""
ADDED = "x = x if residual is None else x + residual"
IN_PLACE = "x = x if residual is None else residual.add_(x)"


def made(folder, added=ADDED, returned="y if residual is None else (y, x)", name="AddRMSNorm"):
    path = folder / "mine.py"
    text = TEXT.format(added=added, returned=returned, name=name)
    path.write_text(text, encoding="utf-8")
    return f"{path}:{name}"


def judged(target):
    options = {"budget": "quick", "save": None, "shrink": False, "diagnose": False}
    report = verify(target, laws=("F00", "N11", "N12"), dtypes=("float32",), **options)
    return {f.law: f.verdict for f in report.findings}


RIGHT = dict.fromkeys(("F00", "N11", "N12"), "holds")


@pytest.mark.parametrize(
    ("added", "returned"),
    [
        (ADDED, "y if residual is None else (y, x)"),
        (ADDED, "y"),  # the sum is not handed back
        (IN_PLACE, "y if residual is None else (y, x)"),
    ],
    ids=["both", "y alone", "in place"],
)
def test_right_ones_hold(added, returned, tmp_path):
    assert judged(made(tmp_path, added, returned)) == RIGHT


@pytest.mark.parametrize(
    ("added", "failing"),
    [
        ("x = x if residual is None else x + residual.detach()", {"N12"}),
        ("x = x if residual is None else x + residual.abs() * residual.sign()", set()),
        ("x = x if residual is None else x + residual + 2**-8 * (residual - x)", {"N11", "N12"}),
    ],
    ids=["detached", "another spelling", "unlike parts"],
)
def test_what_two_halves_do_not_show_fails(added, failing, tmp_path):
    found = judged(made(tmp_path, added))
    assert {law for law, verdict in found.items() if verdict != "holds"} >= failing
    assert failing or found["N11"] == "holds"


def test_it_answers_in_the_layout_of_a_case(tmp_path):
    layer_of = adapt(load(made(tmp_path)), name="mine")
    assert {"residual", "residual_backward"} <= layer_of.abilities
    norm = layer_of.domain.norm.fitted((4, 3))

    x = np.arange(12.0).reshape(4, 3)
    ones, state = np.ones(4), np.ones(3)
    layer = layer_of.make(Case(x, ones, 0 * ones, x, 0 * state, state, norm=norm))
    y, total = layer.residual(x, 2 * x)
    assert np.array_equal(total, 3 * x)
    assert np.array_equal(y, layer.train(3 * x))
    layer.residual(x, 2 * x)
    dx, dresidual = layer.residual_backward(0 * x, x)
    assert np.array_equal(dx, x)
    assert np.array_equal(dresidual, x)


def test_a_group_normalization_is_told_to_be_given_halves(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import torch\n\n\nclass AddGroupNorm(torch.nn.GroupNorm):\n"
        "    def forward(self, x, residual):\n"
        "        return super().forward(x + residual), x + residual\n",
        encoding="utf-8",
    )
    found = adapt(load(f"{path}:AddGroupNorm"), name="mine")
    assert "residual" not in found.abilities
    assert any("two halves of x" in told for told in found.untried)
